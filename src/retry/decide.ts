import type { RetryBudget } from "./budget.ts";
import { parseDuration } from "./duration.ts";
import type { SettledState } from "./state.ts";
import { type GiveUpReason, reasonToStop, type StopStrategy } from "./stop.ts";
import type { WaitStrategy } from "./wait.ts";

/** What follows an attempt. */
export type Decision<T = unknown> =
  /** The outcome stands. */
  | { readonly kind: "done"; readonly state: SettledState<T> }
  /** Sleep for `delayMs`, then try again. */
  | { readonly kind: "retry"; readonly delayMs: number; readonly state: SettledState<T> }
  | GiveUp<T>;

/** There is no further attempt. */
export interface GiveUp<T = unknown> {
  readonly kind: "give-up";
  /** What spoke against a further attempt. */
  readonly reason: GiveUpReason;
  /** The last attempt, with the delay that would have followed. */
  readonly state: SettledState<T>;
}

/** The input of the decision: a policy's strategies and limits. */
export interface DecisionHooks {
  /** Asked after `wait`, with the delay in `upcomingSleepMs`. */
  readonly stop: StopStrategy;
  /** How long to wait before the next attempt. */
  readonly wait: WaitStrategy;
  /** The longest that the whole call may take; Infinity for no limit. */
  readonly timeoutMs: number;
  /** Tokens that other calls share; undefined for no budget. */
  readonly budget: RetryBudget | undefined;
}

/** Timers fire up to 0.9 ms early; with less than this left before the deadline, no attempt can be made. */
export const TOLERANCE_MS = 1;

/**
 * The core of the engine, without side effects: wait is asked before stop, on the stopping attempt too. `again` is the
 * predicate's answer for the attempt in `settled`.
 * Use it to write an engine of your own, or to ask what a policy would do.
 *
 * @example
 * ```ts
 * import { decide, stopAfterAttempt, waitFixed } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * const policy = { stop: stopAfterAttempt(3), wait: waitFixed("2s"), timeoutMs: Infinity, budget: undefined };
 * const outcome = { status: "raised", error: new Error("down") } as const;
 * const first = decide(policy, { ...retryState(), outcome }, true);
 * const third = decide(policy, { ...retryState({ attemptNumber: 3 }), outcome }, true);
 * console.log(first.kind, first.kind === "retry" && first.delayMs);
 * console.log(third.kind, third.kind === "give-up" && third.reason);
 * // prints: retry 2000
 * // prints: give-up attempts
 * ```
 */
export function decide<T>(policy: DecisionHooks, settled: SettledState<T>, again: boolean): Decision<T> {
  if (!again) return { kind: "done", state: settled };
  const delayMs = parseDuration(policy.wait(settled), "wait");
  const state = { ...settled, upcomingSleepMs: delayMs };
  const reason = reasonToStop(policy.stop, state) ?? reasonToRefuse(policy, state);
  if (reason !== undefined) return { kind: "give-up", reason, state };
  return { kind: "retry", delayMs, state };
}

/** Why there is no further attempt although the stop strategy allows one. An infinite wait is past every deadline. */
function reasonToRefuse({ timeoutMs, budget }: DecisionHooks, state: SettledState): GiveUpReason | undefined {
  if (state.elapsedMs + state.upcomingSleepMs >= timeoutMs - TOLERANCE_MS) return "deadline";
  return budget === undefined || budget.allowsRetry ? undefined : "budget";
}
