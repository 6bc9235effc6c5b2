import { type Duration, MAX_WAIT, parseDuration } from "./duration.ts";
import { refuse } from "./refuse.ts";
import type { RetryState } from "./state.ts";
import { timelessly } from "./traits.ts";

/**
 * Decides how many milliseconds to wait before the next attempt: a plain function of the state, with `state.random()`
 * as its only source of randomness. An infinite wait means that there is no next attempt.
 */
export type WaitStrategy = (state: RetryState) => Duration;

/** A strategy of this library: it always returns milliseconds. */
export type MsWaitStrategy = (state: RetryState) => number;

/** Options of the exponential strategies: `multiplier * expBase ** (attempt - 1)`, at most `max`, at least `min`. */
export interface ExponentialWaitOptions {
  /** The wait at attempt 1. @default "1s" */
  readonly multiplier?: Duration | undefined;
  /** Upper bound. @default MAX_WAIT */
  readonly max?: Duration | undefined;
  /** The factor from one attempt to the next. @default 2 */
  readonly expBase?: number | undefined;
  /** Lower bound; it wins over `max`. @default 0 */
  readonly min?: Duration | undefined;
}

/**
 * Does not wait.
 *
 * @example
 * ```ts
 * import { retry, waitNone } from "holdfast/retry";
 *
 * let calls = 0;
 * const flaky = async (): Promise<string> => {
 *   calls += 1;
 *   if (calls < 3) throw new Error("not yet");
 *   return `done at call ${calls}`;
 * };
 * console.log(await retry(flaky, { wait: waitNone() }));
 * // prints: done at call 3
 * ```
 */
export function waitNone(): MsWaitStrategy {
  return waitFixed(0);
}

/**
 * Waits `delay` each time.
 *
 * @example
 * ```ts
 * import { waitFixed } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * const wait = waitFixed("2s");
 * console.log([1, 2, 3].map((attemptNumber) => wait(retryState({ attemptNumber }))));
 * // prints: [ 2000, 2000, 2000 ]
 * ```
 */
export function waitFixed(delay: Duration): MsWaitStrategy {
  const delayMs = parseDuration(delay, "waitFixed");
  return timelessly(() => delayMs);
}

/**
 * Waits `start` first and `increment` longer each time, between 0 and `max`. A negative `increment` shortens the waits.
 *
 * @example
 * ```ts
 * import { waitIncrementing } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * const wait = waitIncrementing({ start: "1s", increment: "500ms", max: "2s" });
 * console.log([1, 2, 3, 4].map((attemptNumber) => wait(retryState({ attemptNumber }))));
 * // prints: [ 1000, 1500, 2000, 2000 ]
 * ```
 */
export function waitIncrementing({
  start = 0,
  increment = "100s",
  max = MAX_WAIT,
}: {
  readonly start?: Duration | undefined;
  readonly increment?: Duration | undefined;
  readonly max?: Duration | undefined;
} = {}): MsWaitStrategy {
  const startMs = parseDuration(start, "start");
  const maxMs = parseDuration(max, "max");
  const shrinks = typeof increment === "number" && increment < 0 && increment > -Infinity;
  const stepMs = shrinks ? increment : parseDuration(increment, "increment");
  return timelessly((state) => Math.max(0, Math.min(startMs + times(stepMs, state.attemptNumber - 1), maxMs)));
}

/**
 * Exponential backoff without jitter. Clients that fail together retry together: to avoid that, see {@link
 * waitRandomExponential}.
 *
 * @example
 * ```ts
 * import { waitExponential } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * const wait = waitExponential({ multiplier: "1s", max: "5s" });
 * console.log([1, 2, 3, 4].map((attemptNumber) => wait(retryState({ attemptNumber }))));
 * // prints: [ 1000, 2000, 4000, 5000 ]
 * ```
 */
export function waitExponential(options: ExponentialWaitOptions = {}): MsWaitStrategy {
  const { boundedMs } = exponential(options);
  return timelessly((state) => boundedMs(state.attemptNumber));
}

/**
 * Waits like the Fibonacci numbers, 1, 1, 2, 3, 5, ... times `multiplier`, at most `max`.
 *
 * @example
 * ```ts
 * import { waitFibonacci } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * const wait = waitFibonacci({ multiplier: "1s", max: "6s" });
 * console.log([1, 2, 3, 4, 5, 6].map((attemptNumber) => wait(retryState({ attemptNumber }))));
 * // prints: [ 1000, 1000, 2000, 3000, 5000, 6000 ]
 * ```
 */
export function waitFibonacci({
  multiplier = "1s",
  max = MAX_WAIT,
}: { readonly multiplier?: Duration | undefined; readonly max?: Duration | undefined } = {}): MsWaitStrategy {
  const multiplierMs = parseDuration(multiplier, "multiplier");
  const maxMs = parseDuration(max, "max");
  return timelessly((state) => Math.min(times(multiplierMs, fibonacci(state.attemptNumber)), maxMs));
}

/**
 * Waits as the first strategy after attempt 1, as the second after attempt 2, and so on; the last one stays. Each sees
 * the call's own attempt number, so an exponential in fourth place starts at its fourth value.
 *
 * @example
 * ```ts
 * import { waitChain, waitFixed } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * const wait = waitChain(waitFixed("100ms"), waitFixed("1s"), waitFixed("10s"));
 * console.log([1, 2, 3, 4].map((attemptNumber) => wait(retryState({ attemptNumber }))));
 * // prints: [ 100, 1000, 10000, 10000 ]
 * ```
 */
export function waitChain(...waits: readonly WaitStrategy[]): MsWaitStrategy {
  if (waits.length === 0) refuse("waitChain", "given at least one strategy", 0);
  return (state) => {
    const wait = waits[Math.min(Math.max(state.attemptNumber, 1), waits.length) - 1];
    return wait === undefined ? 0 : parseDuration(wait(state), "wait");
  };
}

/**
 * Waits the sum of the strategies: a fixed floor and a random part above it, for instance.
 *
 * @example
 * ```ts
 * import { waitCombine, waitFixed, waitRandom } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * // At least 3 s, and up to 2 s more.
 * const wait = waitCombine(waitFixed("3s"), waitRandom({ max: "2s" }));
 * console.log([0, 0.5, 1].map((drawn) => wait(retryState({ random: () => drawn }))));
 * // prints: [ 3000, 4000, 5000 ]
 * ```
 */
export function waitCombine(...waits: readonly WaitStrategy[]): MsWaitStrategy {
  return (state) => waits.reduce((sumMs, wait) => sumMs + parseDuration(wait(state), "wait"), 0);
}

/**
 * Waits as long as `delayOf` returns for the error that the attempt raised.
 *
 * @throws TypeError when the attempt returned a value: combine it with a predicate that looks at errors only.
 *
 * @example
 * ```ts
 * import { waitException } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * class Busy extends Error {
 *   freeInMs = 1500;
 * }
 * const wait = waitException((error) => (error instanceof Busy ? error.freeInMs : "10s"));
 * const after = (error: Error): number => wait(retryState({ outcome: { status: "raised", error } }));
 * console.log(after(new Busy()), after(new Error("down")));
 * // prints: 1500 10000
 * ```
 */
export function waitException(delayOf: DelayOf): MsWaitStrategy {
  return ({ outcome }) => {
    if (outcome?.status !== "raised") throw new TypeError("waitException needs an attempt that raised an error");
    return parseDuration(delayOf(outcome.error), "waitException");
  };
}

/** Bivariant, so that your function may name the type of error that it expects. */
type DelayOf = { delay(error: unknown): Duration }["delay"];

/** What the exponential strategies share: their options, checked once. */
export interface Exponential {
  readonly minMs: number;
  /** The value at an attempt and something on top, between `min` and `max`. */
  readonly boundedMs: (attemptNumber: number, extraMs?: number) => number;
}

/** The exponential curve that the options draw. */
export function exponential({
  multiplier = "1s",
  max = MAX_WAIT,
  expBase = 2,
  min = 0,
}: ExponentialWaitOptions): Exponential {
  const multiplierMs = parseDuration(multiplier, "multiplier");
  const maxMs = parseDuration(max, "max");
  const minMs = parseDuration(min, "min");
  if (!Number.isFinite(expBase)) refuse("expBase", "a finite number", expBase);
  return {
    minMs,
    boundedMs: (attemptNumber, extraMs = 0) =>
      Math.max(minMs, Math.min(times(multiplierMs, expBase ** (attemptNumber - 1)) + extraMs, maxMs)),
  };
}

/** 0 times infinity is 0 here, not NaN. */
function times(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a * b;
}

function fibonacci(n: number): number {
  let previous = 0;
  let current = 1;
  for (let i = 1; i <= n && previous < Infinity; i++) [previous, current] = [current, previous + current];
  return previous;
}
