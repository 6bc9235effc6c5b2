/** How one attempt ended. `undefined` thrown is a failure like any other, so the status decides and not the error. */
export type Outcome<T = unknown> =
  | { readonly status: "returned"; readonly value: T }
  | { readonly status: "raised"; readonly error: unknown };

/** Any function at all, whatever it takes or returns. */
export type AnyFunction = (this: never, ...args: never) => unknown;

/**
 * What strategies and hooks are told about a call: one readonly record, made anew for every step of it,
 * so it may be kept. Times are milliseconds.
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
  /** What the wait strategy answered last; 0 before it was asked. */
  readonly upcomingSleepMs: number;
  /** How this attempt ended; absent while it has not. */
  readonly outcome: Outcome<T> | undefined;
  /** The sleep that is decided; present in `beforeSleep` only. */
  readonly nextSleepMs: number | undefined;
  /** The function that is called. */
  readonly fn: AnyFunction;
  /** The arguments that it is called with. */
  readonly args: readonly unknown[];
  /** The policy's `name`, or else the function's. */
  readonly name: string;
  /** The last errors raised in this call, at most 10, the newest last. */
  readonly errors: readonly unknown[];
  /** A number in [0, 1). Strategies draw from it and from nothing else. */
  readonly random: () => number;
}

/** The state once an attempt has ended. */
export type SettledState<T = unknown> = RetryState<T> & { readonly outcome: Outcome<T> };

/** The state of a call before its first attempt. */
export function firstState<T>(
  { name, random }: { readonly name: string | undefined; readonly random: () => number },
  { fn, args }: { readonly fn: AnyFunction; readonly args: readonly unknown[] },
  startTimeMs: number,
): RetryState<T> {
  return {
    attemptNumber: 1,
    startTimeMs,
    elapsedMs: 0,
    idleForMs: 0,
    upcomingSleepMs: 0,
    outcome: undefined,
    nextSleepMs: undefined,
    fn,
    args,
    name: name ?? (fn.name || "anonymous"),
    errors: NO_ERRORS,
    random,
  };
}

/** The same attempt at the moment when it begins. */
export function startingState<T>(state: RetryState<T>, nowMs: number): RetryState<T> {
  return { ...state, elapsedMs: nowMs - state.startTimeMs };
}

/** Adds how the attempt ended. */
export function settledState<T>(state: RetryState<T>, outcome: Outcome<T>, nowMs: number): SettledState<T> {
  const errors = outcome.status === "raised" ? [...state.errors.slice(-9), outcome.error] : state.errors;
  return { ...state, elapsedMs: nowMs - state.startTimeMs, outcome, errors };
}

/** The state in which the next attempt begins: its predecessor's outcome is forgotten. */
export function nextState<T>(state: RetryState<T>): RetryState<T> {
  return { ...state, attemptNumber: state.attemptNumber + 1, outcome: undefined, nextSleepMs: undefined };
}

const NO_ERRORS: readonly unknown[] = [];
