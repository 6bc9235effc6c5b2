/** A value, or the promise of one. */
export type MaybePromise<T> = T | PromiseLike<T>;

/** True for everything that `await` would wait for. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  const { then }: { readonly then?: unknown } = Object(value) as object;
  return typeof then === "function";
}

/** Goes on with a value: at once when it is there, later when it is a promise. Nothing is awaited without need. */
export function andThen<T, R>(value: MaybePromise<T>, use: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return isPromiseOf(value) ? value.then(use) : use(value);
}

/** The same question, where a promise can only be one of `T`. */
export function isPromiseOf<T>(value: MaybePromise<T>): value is PromiseLike<T> {
  return isThenable(value);
}
