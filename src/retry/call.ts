import { attempt } from "./attempt.ts";
import { isPromiseOf, isThenable } from "./maybe-promise.ts";
import type { Policy } from "./options.ts";
import { giveUpError, review, throwIfAborted } from "./review.ts";
import { firstState, nextState, type Outcome, type RetryState, settledState, startingState } from "./state.ts";
import type { CallStatistics } from "./statistics.ts";
import type { Task } from "./task.ts";

/**
 * Runs a task under a policy: the asynchronous driver. All that belongs to the call lives in this function, and a
 * success that nobody looks at makes no state, since that is most calls.
 */
export async function callAsync<T>(policy: Policy, task: Task<T>, statistics?: CallStatistics): Promise<T> {
  const startMs = policy.clock.now();
  statistics?.began(startMs);
  let state: RetryState<Awaited<T>> | undefined;
  for (;;) {
    if (policy.signal?.aborted) throw policy.signal.reason;
    if (policy.before !== undefined) {
      state = startingState(state ?? firstState(policy, task, startMs), policy.clock.now());
      const hook = policy.before(state);
      if (isThenable(hook)) await hook;
      throwIfAborted(policy, state);
    }
    let outcome: Outcome<Awaited<T>>;
    try {
      const value = await attempt(policy, task, state?.attemptNumber ?? 1, startMs);
      if (policy.plainSuccess) return value;
      outcome = { status: "returned", value };
    } catch (error) {
      outcome = { status: "raised", error };
    }
    const settled = settledState<Awaited<T>>(state ?? firstState(policy, task, startMs), outcome, policy.clock.now());
    const reviewed = review(policy, settled, statistics);
    const verdict = isPromiseOf(reviewed) ? await reviewed : reviewed;
    if (verdict.kind === "give-up") throw giveUpError(policy, verdict);
    if (verdict.kind !== "sleep") return verdict.value;
    state = nextState(verdict.state);
    statistics?.next(state);
    await policy.sleep(verdict.delayMs, policy.signal);
  }
}
