import { isPromiseOf, type MaybePromise } from "./maybe-promise.ts";
import type { Policy } from "./options.ts";
import { giveUpError, review } from "./review.ts";
import { firstState, nextState, type Outcome, type RetryState, settledState, startingState } from "./state.ts";
import type { CallTask } from "./task.ts";

/**
 * Runs a task under a policy: the synchronous driver. It blocks the thread while it sleeps, so no timer and no
 * abort can come in between; both are looked at between attempts.
 *
 * @throws TypeError when the function, a hook or the predicate returns a promise.
 */
export function callSync<T>(policy: Policy, task: CallTask<T>): T {
  const startMs = policy.clock.now();
  let state: RetryState<T> = firstState(policy, task, startMs);
  for (;;) {
    policy.signal?.throwIfAborted();
    if (policy.before !== undefined) {
      state = startingState(state, policy.clock.now());
      atOnce(policy.before(state), "before");
      policy.signal?.throwIfAborted();
    }
    const outcome = attemptNow(task);
    const verdict = atOnce(review(policy, settledState(state, outcome, policy.clock.now())), "a hook or predicate");
    if (verdict.kind === "give-up") throw giveUpError(policy, verdict);
    if (verdict.kind !== "sleep") return verdict.value;
    state = nextState(verdict.state);
    policy.sleepSync(verdict.delayMs);
  }
}

function attemptNow<T>(task: CallTask<T>): Outcome<T> {
  let value: MaybePromise<T>;
  try {
    value = task.invoke();
  } catch (error) {
    return { status: "raised", error };
  }
  return { status: "returned", value: atOnce(value, "the function") };
}

function atOnce<T>(value: MaybePromise<T>, what: string): T {
  if (!isPromiseOf(value)) return value;
  value.then(undefined, () => {});
  throw new TypeError(`callSync cannot wait, and ${what} returned a promise: use call instead`);
}
