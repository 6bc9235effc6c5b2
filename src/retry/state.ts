/** How one attempt ended. `undefined` thrown is a failure like any other, so the status decides and not the error. */
export type Outcome<T = unknown> =
  | { readonly status: "returned"; readonly value: T }
  | { readonly status: "raised"; readonly error: unknown };

/** Any function at all, whatever it takes or returns. */
export type AnyFunction = (this: never, ...args: never) => unknown;

/**
 * The state of a call, as strategies and hooks see it: a readonly record, created for every step, so you may keep it.
 * Times are milliseconds.
 */
export interface RetryState<T = unknown> {
  /** The attempt that is about to run, runs or has just ended; the first is 1. */
  readonly attemptNumber: number;
  /** The monotonic clock when the call began. */
  readonly startTimeMs: number;
  /** From the start of the call to the end of this attempt; before that end, to now. */
  readonly elapsedMs: number;
  /** The sum of the sleeps so far; the coming sleep is in it from `beforeSleep` on. */
  readonly idleForMs: number;
  /** The last result of the wait strategy; 0 before its first call. */
  readonly upcomingSleepMs: number;
  /** How this attempt ended; absent while it has not. */
  readonly outcome: Outcome<T> | undefined;
  /** The coming sleep; present in `beforeSleep` only. */
  readonly nextSleepMs: number | undefined;
  /** The function that is called. */
  readonly fn: AnyFunction;
  /** The arguments that it is called with. */
  readonly args: readonly unknown[];
  /** The policy's `name`, or else the function's. */
  readonly name: string;
  /** The last errors raised in this call, at most 10, the newest last. */
  readonly errors: readonly unknown[];
  /** A random number in [0, 1). Strategies use no other source of randomness. */
  readonly random: () => number;
  /** Milliseconds since 1970, for dates in HTTP headers. @default Date.now */
  readonly wallNow?: (() => number) | undefined;
}

/** The state once an attempt has ended. */
export type SettledState<T = unknown> = RetryState<T> & { readonly outcome: Outcome<T> };
