import { type Duration, MAX_WAIT, parseDuration } from "./duration.ts";
import { timelessly } from "./traits.ts";
import { type ExponentialWaitOptions, exponential, type MsWaitStrategy } from "./wait.ts";

/** Waits a random time between `min` and `max`; reversed bounds are the same range. */
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
 */
export function waitRandomExponential(options: ExponentialWaitOptions = {}): MsWaitStrategy {
  const { minMs, boundedMs } = exponential(options);
  return timelessly((state) => draw(state.random, minMs, boundedMs(state.attemptNumber)));
}

/** An alias of {@link waitRandomExponential}. */
export const waitFullJitter: typeof waitRandomExponential = waitRandomExponential;

/** Equal jitter: half of the exponential value, plus a random part of the other half; never less than `min`. */
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
