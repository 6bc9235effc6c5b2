import { type Clock, systemClock } from "./clock.ts";
import { type Duration, parseDuration } from "./duration.ts";
import { RetryError, type RetryErrorDetails } from "./errors.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import { refuse } from "./refuse.ts";
import { looksAtErrorsOnly, retryIfException, retryNever, type RetryPredicate } from "./retry-if.ts";
import type { RetryBudget } from "./budget.ts";
import { pause } from "./sleep.ts";
import type { RetryState } from "./state.ts";
import { stopAfterAttempt, type StopStrategy } from "./stop.ts";
import { isTimeless } from "./traits.ts";
import type { WaitStrategy } from "./wait.ts";
import { waitRandomExponential } from "./wait-jitter.ts";

/** Told about a step of a call. A promise that it returns is awaited; an error of it ends the call as it is. */
export type RetryHook = (state: RetryState) => MaybePromise<unknown>;

/** Everything a policy can be told. An option that is `undefined` counts as absent. */
export interface RetryOptions {
  /** When to give up. @default stopAfterAttempt(3) */
  readonly stop?: StopStrategy | undefined;
  /** How long to wait before the next attempt. @default waitRandomExponential({ max: "30s" }) */
  readonly wait?: WaitStrategy | undefined;
  /** Which outcomes to try again. @default retryIfException(), any error */
  readonly retry?: RetryPredicate | undefined;
  /** Called before each attempt. */
  readonly before?: RetryHook | undefined;
  /** Called after each attempt that must be tried again, the last one too. */
  readonly after?: RetryHook | undefined;
  /** Called before each sleep, which `state.nextSleepMs` tells. */
  readonly beforeSleep?: RetryHook | undefined;
  /** Called when a value was accepted. */
  readonly onSuccess?: RetryHook | undefined;
  /** Called when the call is given up; what it returns is the call's value, and no error is thrown. */
  readonly onGiveUp?: RetryHook | undefined;
  /** Throw the last error itself instead of a {@link RetryError}. @default false */
  readonly reraise?: boolean | undefined;
  /** What is thrown when the call is given up. @default RetryError */
  readonly retryErrorClass?: (new (details: RetryErrorDetails) => Error) | undefined;
  /** What messages and logs call the function. @default its own name */
  readonly name?: string | undefined;
  /** `false` calls the function once, with no policy around it. @default true */
  readonly enabled?: boolean | undefined;
  /** Ends the call at once, with `signal.reason` itself, in an attempt or in a sleep. */
  readonly signal?: AbortSignal | undefined;
  /** The longest that one attempt may take; then it counts as raised, with a TimeoutError. @default no limit */
  readonly attemptTimeout?: Duration | undefined;
  /** The longest that the whole call may take, sleeps included. @default no limit */
  readonly timeout?: Duration | undefined;
  /** Tokens shared by many calls, which are not retried when most of them fail. */
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

/** The options of a policy, checked and filled in once: what the drivers read. */
export interface Policy {
  readonly stop: StopStrategy;
  readonly wait: WaitStrategy;
  readonly retry: RetryPredicate;
  readonly before: RetryHook | undefined;
  readonly after: RetryHook | undefined;
  readonly beforeSleep: RetryHook | undefined;
  readonly onSuccess: RetryHook | undefined;
  readonly onGiveUp: RetryHook | undefined;
  readonly reraise: boolean;
  readonly retryErrorClass: new (details: RetryErrorDetails) => Error;
  readonly name: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly attemptTimeoutMs: number;
  readonly timeoutMs: number;
  readonly budget: RetryBudget | undefined;
  readonly clock: Clock;
  readonly wallNow: () => number;
  readonly random: () => number;
  readonly sleep: (delayMs: number, signal?: AbortSignal) => PromiseLike<void>;
  readonly sleepSync: (delayMs: number) => void;
  readonly unref: boolean;
  /** There is a time limit for an attempt or for the whole call. */
  readonly limited: boolean;
  /** There is a signal or a limit, so an attempt needs a guard around it. */
  readonly guarded: boolean;
  /** Neither strategies nor hooks nor limits look at the time, so no clock is read. */
  readonly isTimeless: boolean;
  /** Nobody looks at a success: it is returned without a state being made. */
  readonly plainSuccess: boolean;
}

/** Checks options and fills in the defaults. A policy that is not enabled is one plain attempt. */
export function toPolicy(options: RetryOptions): Policy {
  const policy = filledIn(options);
  const { name, clock, random } = policy;
  if (options.enabled !== false) return policy;
  return filledIn({ name, clock, random, retry: retryNever, stop: stopAfterAttempt(1), reraise: true });
}

/** One literal, so that every policy has the same shape. */
function filledIn(options: RetryOptions): Policy {
  const { signal, budget, name, clock = systemClock, unref = false, random = Math.random } = options;
  const retry = checked(options, "retry") ?? retryIfException();
  const stop = checked(options, "stop") ?? stopAfterAttempt(3);
  const wait = checked(options, "wait") ?? waitRandomExponential({ max: "30s" });
  const attemptTimeoutMs = parseDuration(options.attemptTimeout ?? Infinity, "attemptTimeout");
  const timeoutMs = parseDuration(options.timeout ?? Infinity, "timeout");
  const limited = Math.min(attemptTimeoutMs, timeoutMs) < Infinity;
  const hooks = {
    before: checked(options, "before"),
    after: checked(options, "after"),
    beforeSleep: checked(options, "beforeSleep"),
    onSuccess: checked(options, "onSuccess"),
    onGiveUp: checked(options, "onGiveUp"),
  };
  const hooked = Object.values(hooks).some((hook) => hook !== undefined);
  return {
    stop,
    wait,
    retry,
    ...hooks,
    reraise: options.reraise ?? false,
    retryErrorClass: checked(options, "retryErrorClass") ?? RetryError,
    name,
    signal,
    attemptTimeoutMs,
    timeoutMs,
    budget,
    clock,
    wallNow: () => clock.wallNow(),
    random,
    sleep: checked(options, "sleep") ?? ((delayMs, signal) => pause(delayMs, signal, unref, clock.startTimer)),
    sleepSync: checked(options, "sleepSync") ?? blockFor,
    unref,
    limited,
    isTimeless: !limited && !hooked && isTimeless(stop) && isTimeless(wait) && isTimeless(retry),
    guarded: signal !== undefined || limited,
    plainSuccess: looksAtErrorsOnly(retry) && hooks.onSuccess === undefined && budget === undefined,
  };
}

/** The option of that name, which must be a function when it is given. */
function checked<K extends keyof RetryOptions>(options: RetryOptions, key: K): RetryOptions[K] {
  const value = options[key];
  return value === undefined || typeof value === "function" ? value : refuse(key, "a function", value);
}

/** Blocks this thread, in a way that costs no processor time. Browsers refuse it outside workers. */
function blockFor(delayMs: number): void {
  if (delayMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, delayMs);
}
