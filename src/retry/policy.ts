import { type Clock, systemClock } from "./time/index.ts";
import type { DecisionHooks } from "./decide.ts";
import { parseDuration } from "./duration.ts";
import { RetryError, type RetryErrorDetails } from "./errors/index.ts";
import type { RetryHook, RetryOptions } from "./options.ts";
import { refuse } from "./refuse.ts";
import { looksAtErrorsOnly, retryIfException, retryNever, type RetryPredicate } from "./retry-if.ts";
import { pause } from "./sleep.ts";
import { stopAfterAttempt } from "./stop.ts";
import { isTimeless } from "./traits.ts";
import { waitRandomExponential } from "./wait-jitter.ts";

/** The options of a policy, checked and filled in once: what the drivers read. */
export interface Policy extends DecisionHooks {
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
  /** True when strategies, hooks and limits need no time: then no clock is read. */
  readonly isTimeless: boolean;
  /** True when no hook or predicate sees a success: then it is returned without creating a state. */
  readonly plainSuccess: boolean;
}

/** Checks options and fills in the defaults. A policy that is not enabled is one plain attempt. */
export function toPolicy(options: RetryOptions): Policy {
  for (const [type, names] of Object.entries(TYPES)) {
    for (const name of names.split(" ")) checkType(name, Reflect.get(options, name), type);
  }
  const { name, clock, random } = options;
  if (options.enabled !== false) return filledIn(options);
  return filledIn({ name, clock, random, retry: retryNever, stop: stopAfterAttempt(1), reraise: true });
}

const TYPES = {
  function: "stop wait retry before after beforeSleep onSuccess onGiveUp retryErrorClass random sleep sleepSync",
  boolean: "reraise enabled unref",
  string: "name",
  object: "signal budget clock",
};

function checkType(name: string, value: unknown, type: string): void {
  if (value === null || (value !== undefined && typeof value !== type)) refuse(name, `of type ${type}`, value);
}

/** One literal, so that every policy has the same shape. */
function filledIn({
  stop = stopAfterAttempt(3),
  wait = waitRandomExponential({ max: "30s" }),
  retry = retryIfException(),
  before,
  after,
  beforeSleep,
  onSuccess,
  onGiveUp,
  reraise = false,
  retryErrorClass = RetryError,
  name,
  signal,
  attemptTimeout = Infinity,
  timeout = Infinity,
  budget,
  clock = systemClock,
  random = Math.random,
  unref = false,
  sleep = (delayMs, signal) => pause(delayMs, signal, unref, clock.startTimer),
  sleepSync = blockFor,
}: RetryOptions): Policy {
  const attemptTimeoutMs = parseDuration(attemptTimeout, "attemptTimeout");
  const timeoutMs = parseDuration(timeout, "timeout");
  const limited = Math.min(attemptTimeoutMs, timeoutMs) < Infinity;
  const hooked = before ?? after ?? beforeSleep ?? onSuccess ?? onGiveUp;
  return {
    stop,
    wait,
    retry,
    before,
    after,
    beforeSleep,
    onSuccess,
    onGiveUp,
    reraise,
    retryErrorClass,
    name,
    signal,
    attemptTimeoutMs,
    timeoutMs,
    budget,
    clock,
    wallNow: () => clock.wallNow(),
    random,
    sleep,
    sleepSync,
    unref,
    limited,
    guarded: limited || signal !== undefined,
    isTimeless: !limited && !hooked && [stop, wait, retry].every(isTimeless),
    plainSuccess: looksAtErrorsOnly(retry) && !onSuccess && !budget,
  };
}

/** Blocks this thread without using processor time. Browsers refuse it outside of workers. */
function blockFor(delayMs: number): void {
  if (delayMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, delayMs);
}
