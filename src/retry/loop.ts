import { attempt, type AttemptContext } from "./attempt.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import type { Policy } from "./options.ts";
import { giveUpError, review, throwIfAborted } from "./review.ts";
import { firstState, nextState, type Outcome, type RetryState, settledState, startingState } from "./state.ts";
import { ContextTask } from "./task.ts";

/** One round of `for await (const attempt of retrying)`. */
export interface LoopAttempt {
  /** The first attempt is 1. */
  readonly attemptNumber: number;
  /**
   * Calls `fn` as this attempt, under the policy's signal and time limits, and resolves with its value. An error is kept
   * for the policy to judge and resolves with undefined: the loop goes round again, or throws.
   */
  run<T>(fn: (context: AttemptContext) => MaybePromise<T>): Promise<T | undefined>;
  /** Says what this attempt returned, for predicates that look at results; the last word counts. */
  setResult(value: unknown): void;
}

/**
 * The loop form of a policy. It ends after the first accepted attempt and throws when the call is given up. What the
 * body throws itself, outside of `run`, leaves the loop like any error.
 *
 * Differs from tenacity: with a give-up hook the loop still throws, since there is no call whose value the hook could be.
 */
export async function* attemptsOf(policy: Policy): AsyncGenerator<LoopAttempt, void, undefined> {
  const startMs = policy.clock.now();
  let state: RetryState = firstState(policy, LOOP, startMs);
  for (;;) {
    policy.signal?.throwIfAborted();
    if (policy.before !== undefined) {
      state = startingState(state, policy.clock.now());
      await policy.before(state);
      throwIfAborted(policy, state);
    }
    const round = new Round(policy, state);
    yield round;
    const settled = settledState(state, round.outcome, policy.clock.now());
    const verdict = await review(policy, settled);
    if (verdict.kind === "give-up") throw giveUpError(policy, verdict);
    if (verdict.kind === "fallback") throw giveUpError(policy, verdict.giveUp);
    if (verdict.kind === "value") return;
    state = nextState(verdict.state);
    await policy.sleep(verdict.delayMs, policy.signal);
  }
}

class Round implements LoopAttempt {
  readonly #policy: Policy;
  readonly #state: RetryState;
  #outcome: Outcome = { status: "returned", value: undefined };

  constructor(policy: Policy, state: RetryState) {
    this.#policy = policy;
    this.#state = state;
  }

  get attemptNumber(): number {
    return this.#state.attemptNumber;
  }

  get outcome(): Outcome {
    return this.#outcome;
  }

  setResult(value: unknown): void {
    this.#outcome = { status: "returned", value };
  }

  async run<T>(fn: (context: AttemptContext) => MaybePromise<T>): Promise<T | undefined> {
    try {
      const { attemptNumber, startTimeMs } = this.#state;
      const value = await attempt(this.#policy, new ContextTask(fn), attemptNumber, startTimeMs);
      this.setResult(value);
      return value;
    } catch (error) {
      this.#outcome = { status: "raised", error };
      return undefined;
    }
  }
}

/** A loop has a body and no function. */
const LOOP = { fn: function loop() {}, args: [] } as const;
