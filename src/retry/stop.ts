import { type Duration, parseDuration } from "./duration.ts";
import { wholeCount } from "./refuse.ts";
import type { RetryState } from "./state.ts";
import { timelessly } from "./traits.ts";

/** Decides after a failed attempt whether to give up: a plain function of the state. */
export type StopStrategy = (state: RetryState) => boolean;

/** Why a call gave up. `stopped` is a stop strategy of your own. */
export type GiveUpReason = "attempts" | "deadline" | "budget" | "aborted" | "stopped";

/** Never stops. */
export const stopNever: StopStrategy = /* @__PURE__ */ timelessly(() => false);

/** Stops after `count` calls, the first one included. */
export function stopAfterAttempt(count: number): StopStrategy {
  wholeCount("stopAfterAttempt", count);
  return timelessly(because("attempts", (state) => state.attemptNumber >= count));
}

/** Stops once `delay` has passed since the call began. The last wait may overshoot it: see {@link stopBeforeDelay}. */
export function stopAfterDelay(delay: Duration): StopStrategy {
  const delayMs = parseDuration(delay, "stopAfterDelay");
  return because("deadline", (state) => state.elapsedMs >= delayMs);
}

/** Stops when the next attempt would begin `delay` or more after the call began. */
export function stopBeforeDelay(delay: Duration): StopStrategy {
  const delayMs = parseDuration(delay, "stopBeforeDelay");
  return because("deadline", (state) => state.elapsedMs + state.upcomingSleepMs >= delayMs);
}

/**
 * Stops after the attempt during which `signal` aborted, and gives up in the ordinary way (tenacity's
 * `stop_when_event_set`). It interrupts nothing: to end a call at once, give the policy the signal instead.
 */
export function stopWhenAborted(signal: AbortSignal): StopStrategy {
  return timelessly(because("aborted", () => signal.aborted));
}

/** Stops when one of `stops` does. Those after it are not called. */
export function stopAny(...stops: readonly StopStrategy[]): StopStrategy {
  return reasoned((state) => {
    let reason: GiveUpReason | undefined;
    stops.some((stop) => (reason = reasonToStop(stop, state)) !== undefined);
    return reason;
  });
}

/** Stops when all of `stops` do. */
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
