import { type Duration, parseDuration } from "./duration.ts";
import { wholeCount } from "./refuse.ts";
import type { RetryState } from "./state.ts";
import { timelessly } from "./traits.ts";

/** Decides after a failed attempt whether to give up: a plain function of the state. */
export type StopStrategy = (state: RetryState) => boolean;

/** Why a call gave up. `stopped` is a stop strategy of your own. */
export type GiveUpReason = "attempts" | "deadline" | "budget" | "aborted" | "stopped";

/**
 * Never stops.
 *
 * @example
 * ```ts
 * import { retry, stopNever, waitNone } from "holdfast/retry";
 *
 * let calls = 0;
 * const connect = async (): Promise<string> => {
 *   calls += 1;
 *   if (calls < 100) throw new Error("down");
 *   return `connected at call ${calls}`;
 * };
 * console.log(await retry(connect, { stop: stopNever, wait: waitNone() }));
 * // prints: connected at call 100
 * ```
 */
export const stopNever: StopStrategy = /* @__PURE__ */ timelessly(() => false);

/**
 * Stops after `count` calls, the first one included.
 *
 * @example
 * ```ts
 * import { retry, stopAfterAttempt, waitNone } from "holdfast/retry";
 *
 * const fetchPage = async (): Promise<string> => {
 *   throw new Error("down");
 * };
 * await retry(fetchPage, { stop: stopAfterAttempt(4), wait: waitNone() }).catch((error) => console.log(error.message));
 * // prints: `fetchPage` gave up after 4 attempts (attempts): Error: down
 * ```
 */
export function stopAfterAttempt(count: number): StopStrategy {
  wholeCount("stopAfterAttempt", count);
  return timelessly(because("attempts", (state) => state.attemptNumber >= count));
}

/**
 * Stops once `delay` has passed since the call began. The last wait may overshoot it: see {@link stopBeforeDelay}.
 *
 * @example
 * ```ts
 * import { retry, stopAfterDelay, waitFixed } from "holdfast/retry";
 * import { FakeClock } from "holdfast/retry/testing";
 *
 * const clock = new FakeClock();
 * const fetchPage = async (): Promise<string> => {
 *   throw new Error("down");
 * };
 * await retry(fetchPage, { stop: stopAfterDelay("5s"), wait: waitFixed("2s"), clock }).catch(() => {});
 * // Attempts began at 0, 2, 4 and 6 s: the last wait went past the limit.
 * console.log(`gave up after ${clock.now()} ms`);
 * // prints: gave up after 6000 ms
 * ```
 */
export function stopAfterDelay(delay: Duration): StopStrategy {
  const delayMs = parseDuration(delay, "stopAfterDelay");
  return because("deadline", (state) => state.elapsedMs >= delayMs);
}

/**
 * Stops when the next attempt would begin `delay` or more after the call began.
 *
 * @example
 * ```ts
 * import { retry, stopBeforeDelay, waitFixed } from "holdfast/retry";
 * import { FakeClock } from "holdfast/retry/testing";
 *
 * const clock = new FakeClock();
 * const fetchPage = async (): Promise<string> => {
 *   throw new Error("down");
 * };
 * await retry(fetchPage, { stop: stopBeforeDelay("5s"), wait: waitFixed("2s"), clock }).catch(() => {});
 * // Attempts began at 0, 2 and 4 s: one at 6 s would be too late.
 * console.log(`gave up after ${clock.now()} ms`);
 * // prints: gave up after 4000 ms
 * ```
 */
export function stopBeforeDelay(delay: Duration): StopStrategy {
  const delayMs = parseDuration(delay, "stopBeforeDelay");
  return because("deadline", (state) => state.elapsedMs + state.upcomingSleepMs >= delayMs);
}

/**
 * Stops after the attempt during which `signal` aborted, and gives up in the ordinary way (tenacity's
 * `stop_when_event_set`). It interrupts nothing: to end a call at once, give the policy the signal instead.
 *
 * @example
 * ```ts
 * import { retry, RetryError, stopWhenAborted, waitNone } from "holdfast/retry";
 *
 * const shutdown = new AbortController();
 * const poll = async (attempt: number): Promise<string> => {
 *   if (attempt === 3) shutdown.abort();
 *   throw new Error("nothing yet");
 * };
 * const options = { stop: stopWhenAborted(shutdown.signal), wait: waitNone() };
 * await retry(({ attemptNumber }) => poll(attemptNumber), options).catch((error) => {
 *   if (error instanceof RetryError) console.log(`${error.reason} after ${error.attempts} attempts`);
 * });
 * // prints: aborted after 3 attempts
 * ```
 */
export function stopWhenAborted(signal: AbortSignal): StopStrategy {
  return timelessly(because("aborted", () => signal.aborted));
}

/**
 * Stops when one of `stops` does. Those after it are not called.
 *
 * @example
 * ```ts
 * import { stopAfterAttempt, stopAfterDelay, stopAny } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * const stop = stopAny(stopAfterAttempt(10), stopAfterDelay("1m"));
 * console.log(stop(retryState({ attemptNumber: 2, elapsedMs: 5000 })));
 * console.log(stop(retryState({ attemptNumber: 2, elapsedMs: 60_000 })));
 * // prints: false
 * // prints: true
 * ```
 */
export function stopAny(...stops: readonly StopStrategy[]): StopStrategy {
  return reasoned((state) => {
    let reason: GiveUpReason | undefined;
    stops.some((stop) => (reason = reasonToStop(stop, state)) !== undefined);
    return reason;
  });
}

/**
 * Stops when all of `stops` do.
 *
 * @example
 * ```ts
 * import { stopAfterAttempt, stopAfterDelay, stopAll } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * // At least 3 attempts, and at least 10 s of trying.
 * const stop = stopAll(stopAfterAttempt(3), stopAfterDelay("10s"));
 * console.log(stop(retryState({ attemptNumber: 5, elapsedMs: 4000 })));
 * console.log(stop(retryState({ attemptNumber: 5, elapsedMs: 10_000 })));
 * // prints: false
 * // prints: true
 * ```
 */
export function stopAll(...stops: readonly StopStrategy[]): StopStrategy {
  return reasoned((state) => {
    let reason: GiveUpReason | undefined = "stopped";
    return stops.every((stop) => (reason = reasonToStop(stop, state)) !== undefined) ? reason : undefined;
  });
}

/** Why `stop` stops in this state, or undefined when it does not. Calls the strategy once. */
export function reasonToStop(stop: StopStrategy & Partial<Reasoned>, state: RetryState): GiveUpReason | undefined {
  return stop[REASON] ? stop[REASON](state) : stop(state) ? "stopped" : undefined;
}

const REASON: unique symbol = /* @__PURE__ */ Symbol("reason to stop");

interface Reasoned {
  readonly [REASON]: (state: RetryState) => GiveUpReason | undefined;
}

function because(reason: GiveUpReason, stops: StopStrategy): StopStrategy {
  return reasoned((state) => (stops(state) ? reason : undefined));
}

function reasoned(reason: (state: RetryState) => GiveUpReason | undefined): StopStrategy {
  return Object.assign((state: RetryState) => reason(state) !== undefined, { [REASON]: reason });
}
