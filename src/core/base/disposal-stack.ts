/// <reference lib="esnext.disposable" preserve="true" />
/**
 * What was opened, to be closed in the opposite order. It is `AsyncDisposableStack` as far as we need it: Node 22 has
 * none.
 */
export class DisposalStack implements AsyncDisposable {
  #closings: (() => unknown)[] = [];

  use<Resource extends Disposable | AsyncDisposable>(resource: Resource): Resource {
    this.defer(() => (Symbol.asyncDispose in resource ? resource[Symbol.asyncDispose]() : resource[Symbol.dispose]()));
    return resource;
  }

  defer(close: () => unknown): void {
    this.#closings.push(close);
  }

  /** Moves everything to a new stack; this one closes nothing. */
  move(): DisposalStack {
    const moved = new DisposalStack();
    moved.#closings = this.#closings;
    this.#closings = [];
    return moved;
  }

  /** Closes everything, even if some of it fails to close, and then throws the errors. */
  async [Symbol.asyncDispose](): Promise<void> {
    const errors: unknown[] = [];
    for (let close = this.#closings.pop(); close; close = this.#closings.pop()) {
      try {
        await close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, "Several resources could not be closed");
  }
}
