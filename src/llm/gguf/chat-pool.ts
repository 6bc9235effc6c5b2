/** A pool of things, each lent to one borrower at a time, in the order of the requests. */
export interface Pool<T> {
  /** Lends one as soon as one is free. An abort while it waits rejects with `signal.reason`. */
  use<R>(signal: AbortSignal | undefined, work: (lent: T) => Promise<R>): Promise<R>;
}

/** A pool of these things. */
export function createPool<T>(things: readonly T[]): Pool<T> {
  const free = [...things];
  const waiting: ((thing: T) => void)[] = [];

  const giveBack = (thing: T): void => {
    const next = waiting.shift();
    if (next) next(thing);
    else free.push(thing);
  };
  const borrow = (signal: AbortSignal | undefined): Promise<T> => {
    signal?.throwIfAborted();
    const thing = free.pop();
    if (thing !== undefined) return Promise.resolve(thing);
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        waiting.splice(waiting.indexOf(take), 1);
        reject(signal?.reason);
      };
      const take = (lent: T): void => {
        signal?.removeEventListener("abort", leave);
        resolve(lent);
      };
      waiting.push(take);
      signal?.addEventListener("abort", leave, { once: true });
    });
  };
  return {
    async use(signal, work) {
      const thing = await borrow(signal);
      try {
        return await work(thing);
      } finally {
        giveBack(thing);
      }
    },
  };
}
