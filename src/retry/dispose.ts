/**
 * Disposes of a value that no caller receives: calls its async or sync dispose method, or cancels the body of a
 * Response, whose connection would stay open otherwise. Does not wait and never throws.
 */
export function dispose(value: unknown): void {
  if (typeof value === "object" && value !== null) void release(value);
}

/** What may be found on a value; all of it is optional, so any object fits. */
interface Releasable {
  readonly [Symbol.asyncDispose]?: () => unknown;
  readonly [Symbol.dispose]?: () => unknown;
  readonly body?: { readonly cancel?: () => unknown } | null;
  readonly bodyUsed?: boolean;
}

async function release(value: Releasable): Promise<void> {
  try {
    const disposer = value[Symbol.asyncDispose] ?? value[Symbol.dispose];
    if (disposer !== undefined) await disposer.call(value);
    else if (value.bodyUsed === false) await value.body?.cancel?.();
  } catch {
    // Nobody is left to receive the error.
  }
}
