import type { RetryBudget } from "./budget.ts";
import type { Clock } from "./time/index.ts";
import type { Duration } from "./duration.ts";
import type { RetryErrorDetails } from "./errors/index.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import type { RetryPredicate } from "./retry-if.ts";
import type { RetryState } from "./state.ts";
import type { StopStrategy } from "./stop.ts";
import type { WaitStrategy } from "./wait.ts";

/** A hook, called at one point of a call. A returned promise is awaited; an error ends the call and is thrown as it is. */
export type RetryHook = (state: RetryState) => MaybePromise<unknown>;

/** All options of a policy. An option that is `undefined` counts as absent. */
export interface RetryOptions {
  /** When to give up. @default stopAfterAttempt(3) */
  readonly stop?: StopStrategy | undefined;
  /** How long to wait before the next attempt. @default waitRandomExponential({ max: "30s" }) */
  readonly wait?: WaitStrategy | undefined;
  /** Which outcomes to retry. @default retryIfException(), any error */
  readonly retry?: RetryPredicate | undefined;
  /** Called before each attempt. */
  readonly before?: RetryHook | undefined;
  /** Called after each attempt that must be retried, the last one too. */
  readonly after?: RetryHook | undefined;
  /** Called before each sleep, with its length in `state.nextSleepMs`. */
  readonly beforeSleep?: RetryHook | undefined;
  /** Called when a value was accepted. */
  readonly onSuccess?: RetryHook | undefined;
  /** Called when the call is given up; what it returns is the call's value, and no error is thrown. */
  readonly onGiveUp?: RetryHook | undefined;
  /** Throw the last error itself instead of a {@link RetryError}. @default false */
  readonly reraise?: boolean | undefined;
  /** The error class that is thrown when the call is given up. @default RetryError */
  readonly retryErrorClass?: (new (details: RetryErrorDetails) => Error) | undefined;
  /** The function's name in messages and logs. @default its own name */
  readonly name?: string | undefined;
  /** `false` calls the function once, with no policy around it. @default true */
  readonly enabled?: boolean | undefined;
  /** Ends the call at once, with `signal.reason` itself, in an attempt or in a sleep. */
  readonly signal?: AbortSignal | undefined;
  /** The longest that one attempt may take; then it counts as raised, with a TimeoutError. @default no limit */
  readonly attemptTimeout?: Duration | undefined;
  /** The longest that the whole call may take, sleeps included. @default no limit */
  readonly timeout?: Duration | undefined;
  /** A token budget shared by many calls: when most of them fail, none is retried. */
  readonly budget?: RetryBudget | undefined;
  /** Where time comes from. @default the platform's clocks */
  readonly clock?: Clock | undefined;
  /** A number in [0, 1). @default Math.random */
  readonly random?: (() => number) | undefined;
  /** Sleeps between attempts; called with 0 too. @default the platform's timers */
  readonly sleep?: ((delayMs: number, signal?: AbortSignal) => PromiseLike<void>) | undefined;
  /** Sleeps between the attempts of `callSync`. @default Atomics.wait */
  readonly sleepSync?: ((delayMs: number) => void) | undefined;
  /** Let the process exit while a sleep is all that is left to do. @default false */
  readonly unref?: boolean | undefined;
}
