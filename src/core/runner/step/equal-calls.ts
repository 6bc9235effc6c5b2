/**
 * The calls of one step that are in flight, by what they ask. Whoever asks the same meanwhile waits for that answer, so that
 * it is paid for once.
 */
export class EqualCalls {
  readonly #inFlight = new Map<string, Promise<string | undefined>>();

  /** The answer to the equal call that is in flight, if one is: `undefined` when it ends without one that may be kept. */
  inFlight(key: string): Promise<string | undefined> | undefined {
    return this.#inFlight.get(key);
  }

  /** Makes a call that others may wait for. It gives its answer to `share` as soon as that is kept. */
  async make<T>(key: string, call: (share: (answer: string) => void) => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.#inFlight.set(key, promise);
    try {
      return await call(resolve);
    } finally {
      resolve(undefined);
      if (this.#inFlight.get(key) === promise) this.#inFlight.delete(key);
    }
  }
}

/** Waits for an answer. Rejects with the signal's reason when that aborts first. */
export async function answerUnless(
  signal: AbortSignal,
  answer: Promise<string | undefined>,
): Promise<string | undefined> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([answer, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
