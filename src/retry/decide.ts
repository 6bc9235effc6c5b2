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
  readonly reason: GiveUpReason;
  readonly state: SettledState<T>;
}

/** The input of the decision: a policy's strategies and limits. */
export interface DecisionHooks {
  readonly stop: StopStrategy;
  readonly wait: WaitStrategy;
  /** The longest that the whole call may take; Infinity for no limit. */
  readonly timeoutMs: number;
  readonly budget: RetryBudget | undefined;
}

/** Timers fire up to 0.9 ms early; with less than this left before the deadline, no attempt can be made. */
export const TOLERANCE_MS = 1;

/**
 * The core of the engine, without side effects: wait is asked before stop, on the stopping attempt too. `again` is the
 * predicate's answer for the attempt in `settled`.
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
