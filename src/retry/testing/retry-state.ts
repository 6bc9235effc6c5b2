import type { RetryState } from "../state.ts";

/**
 * Creates a state for testing a strategy or a hook: a first attempt that raised an error, with your changes.
 * `waitFixed("2s")(retryState({ attemptNumber: 3 }))` is 2000.
 *
 * @example
 * ```ts
 * import { stopAfterAttempt, waitExponential } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * const third = retryState({ attemptNumber: 3 });
 * console.log(waitExponential({ multiplier: "1s" })(third), stopAfterAttempt(3)(third));
 * // prints: 4000 true
 * ```
 */
export function retryState(changes: Partial<RetryState> = {}): RetryState {
  return {
    attemptNumber: 1,
    startTimeMs: 0,
    elapsedMs: 0,
    idleForMs: 0,
    upcomingSleepMs: 0,
    outcome: { status: "raised", error: new Error("boom") },
    nextSleepMs: undefined,
    fn: () => {},
    args: [],
    name: "anonymous",
    errors: [],
    random: () => 0.5,
    ...changes,
  };
}
