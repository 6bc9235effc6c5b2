import { type AttemptContext, attemptWith } from "./attempt.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import type { Policy } from "./policy.ts";
import { Progress } from "./progress.ts";
import { giveUpError, prepare, review } from "./review.ts";
import type { Outcome } from "./state.ts";

/** One round of `for await (const attempt of retrying)`. */
export interface LoopAttempt {
  /** The first attempt is 1. */
  readonly attemptNumber: number;
  /**
   * Calls `fn` as this attempt, under the policy's signal and time limits, and resolves with its value. An error is kept
   * for the policy to judge and resolves with undefined: the loop goes round again, or throws.
   */
  run<T>(fn: (context: AttemptContext) => MaybePromise<T>): Promise<T | undefined>;
  /** Sets what this attempt returned, for predicates that look at results; the last call wins. */
  setResult(value: unknown): void;
}

/**
 * The loop form of a policy. It ends after the first accepted attempt and throws when the call is given up. An error
 * that the body throws outside of `run` leaves the loop.
 *
 * Differs from tenacity: with a give-up hook the loop still throws, since there is no call whose value the hook could be.
 */
export async function* attemptsOf(policy: Policy): AsyncGenerator<LoopAttempt, void, undefined> {
  const progress = new Progress(policy, loop, []);
  for (;;) {
    await prepare(progress);
    const round = openRound(progress);
    yield round;
    const verdict = await review(progress, round.outcome);
    if (verdict.kind === "give-up") throw giveUpError(policy, verdict);
    if (verdict.kind === "fallback") throw giveUpError(policy, verdict.giveUp);
    if (verdict.kind === "value") return;
    await policy.sleep(progress.upcomingSleepMs, policy.signal);
  }
}

/** An attempt of the loop, and what its body has said about its outcome. */
function openRound(progress: Progress): LoopAttempt & { readonly outcome: Outcome } {
  let outcome: Outcome = { status: "returned", value: undefined };
  return {
    attemptNumber: progress.attemptNumber,
    get outcome() {
      return outcome;
    },
    setResult(value) {
      outcome = { status: "returned", value };
    },
    async run(fn) {
      try {
        const value = await attemptWith(progress, fn);
        outcome = { status: "returned", value };
        return value;
      } catch (error) {
        outcome = { status: "raised", error };
        return undefined;
      }
    },
  };
}

/** A loop has a body and no function; this one stands for it in states and logs. */
function loop(): void {}
