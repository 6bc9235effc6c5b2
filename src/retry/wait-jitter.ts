import { type Duration, MAX_WAIT, parseDuration } from "./duration.ts";
import { timelessly } from "./traits.ts";
import { type ExponentialWaitOptions, exponential, type MsWaitStrategy } from "./wait.ts";

/**
 * Waits a random time between `min` and `max`; reversed bounds are the same range.
 *
 * @example
 * ```ts
 * import { waitRandom } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * const wait = waitRandom({ min: "1s", max: "3s" });
 * console.log([0, 0.5, 1].map((drawn) => wait(retryState({ random: () => drawn }))));
 * // prints: [ 1000, 2000, 3000 ]
 * ```
 */
export function waitRandom({
  min = 0,
  max = "1s",
}: { readonly min?: Duration | undefined; readonly max?: Duration | undefined } = {}): MsWaitStrategy {
  const minMs = parseDuration(min, "min");
  const maxMs = parseDuration(max, "max");
  return timelessly((state) => draw(state.random, minMs, maxMs));
}

/**
 * Full jitter: a random time between `min` and the exponential value. The strategy for many clients of one service,
 * since it spreads them over the whole window, also at the cap. (M. Brooker, "Exponential Backoff And Jitter", AWS
 * Architecture Blog, 2015.)
 *
 * @example
 * ```ts
 * import { waitRandomExponential } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * const wait = waitRandomExponential({ multiplier: "1s", max: "30s" });
 * // The longest waits, and those of a draw in the middle.
 * console.log([1, 2, 3, 9].map((attemptNumber) => wait(retryState({ attemptNumber, random: () => 1 }))));
 * console.log([1, 2, 3, 9].map((attemptNumber) => wait(retryState({ attemptNumber, random: () => 0.5 }))));
 * // prints: [ 1000, 2000, 4000, 30000 ]
 * // prints: [ 500, 1000, 2000, 15000 ]
 * ```
 */
export function waitRandomExponential(options: ExponentialWaitOptions = {}): MsWaitStrategy {
  const { minMs, boundedMs } = exponential(options);
  return timelessly((state) => draw(state.random, minMs, boundedMs(state.attemptNumber)));
}

/**
 * An alias of {@link waitRandomExponential}.
 *
 * @example
 * ```ts
 * import { waitFullJitter } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * const wait = waitFullJitter({ multiplier: "1s" });
 * console.log([0, 0.5, 1].map((drawn) => wait(retryState({ attemptNumber: 3, random: () => drawn }))));
 * // prints: [ 0, 2000, 4000 ]
 * ```
 */
export const waitFullJitter: typeof waitRandomExponential = waitRandomExponential;

/**
 * Equal jitter: half of the exponential value, plus a random part of the other half; never less than `min`.
 *
 * @example
 * ```ts
 * import { waitEqualJitter } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * const wait = waitEqualJitter({ multiplier: "1s" });
 * console.log([0, 0.5, 1].map((drawn) => wait(retryState({ attemptNumber: 3, random: () => drawn }))));
 * // prints: [ 2000, 3000, 4000 ]
 * ```
 */
export function waitEqualJitter(options: ExponentialWaitOptions = {}): MsWaitStrategy {
  const { minMs, boundedMs } = exponential(options);
  return timelessly((state) => {
    const highMs = boundedMs(state.attemptNumber);
    return draw(state.random, Math.max(minMs, highMs / 2), highMs);
  });
}

/**
 * The exponential value plus a random part of up to `jitter`, at most `max`: Google Cloud's retry strategy, as tenacity
 * has it. It has no jitter at `max`, where every client waits the same time: prefer {@link waitRandomExponential}.
 *
 * @example
 * ```ts
 * import { waitExponentialJitter } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * const wait = waitExponentialJitter({ multiplier: "1s", jitter: "1s" });
 * console.log([0, 0.5, 1].map((drawn) => wait(retryState({ attemptNumber: 3, random: () => drawn }))));
 * // prints: [ 4000, 4500, 5000 ]
 * ```
 */
export function waitExponentialJitter({
  jitter = "1s",
  ...options
}: ExponentialWaitOptions & { readonly jitter?: Duration | undefined } = {}): MsWaitStrategy {
  const { boundedMs } = exponential(options);
  const jitterMs = parseDuration(jitter, "jitter");
  return timelessly((state) => boundedMs(state.attemptNumber, draw(state.random, 0, jitterMs)));
}

/**
 * Decorrelated jitter: a random time between `base` and three times the wait before, at most `max`. The window is
 * capped and not the draw, so that waits at the cap stay spread out.
 *
 * @example
 * ```ts
 * import { waitDecorrelatedJitter } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * const wait = waitDecorrelatedJitter({ base: "1s", max: "10s" });
 * // The longest waits: after none, and after one of 2 s and of 5 s.
 * console.log([0, 2000, 5000].map((upcomingSleepMs) => wait(retryState({ upcomingSleepMs, random: () => 1 }))));
 * // prints: [ 3000, 6000, 10000 ]
 * ```
 */
export function waitDecorrelatedJitter({
  base = "1s",
  max = MAX_WAIT,
}: { readonly base?: Duration | undefined; readonly max?: Duration | undefined } = {}): MsWaitStrategy {
  const baseMs = parseDuration(base, "base");
  const maxMs = parseDuration(max, "max");
  return timelessly((state) => {
    const highMs = Math.min(3 * Math.max(baseMs, state.upcomingSleepMs), maxMs);
    return draw(state.random, Math.min(baseMs, maxMs), highMs);
  });
}

/** A random number between the two. With an infinite bound it is Infinity, since `0 * Infinity` is NaN. */
export function draw(random: () => number, fromMs: number, toMs: number): number {
  const drawn = random();
  return fromMs === Infinity || toMs === Infinity ? Infinity : fromMs + (toMs - fromMs) * drawn;
}
