import type { Call } from "./call.ts";
import { isObserved } from "./diagnostics.ts";
import { isPromiseOf } from "./maybe-promise.ts";
import { giveUpError, prepare, review } from "./review.ts";
import type { Outcome } from "./state.ts";

/**
 * Makes a call under its policy: the asynchronous driver. This frame stays alive while the call sleeps, so it holds
 * nothing but the call. Without hooks a success creates no state object, since most calls are like that.
 */
export async function drive<T>(call: Call<T>): Promise<T> {
  const { policy } = call;
  for (;;) {
    const hook = prepare(call);
    if (hook !== undefined) await hook;
    let outcome: Outcome<Awaited<T>> | undefined;
    try {
      const value = await call.attempt();
      if (policy.plainSuccess && !isObserved()) return value;
      outcome = { status: "returned", value };
    } catch (error) {
      outcome = { status: "raised", error };
    }
    let verdict = review(call, outcome);
    outcome = undefined;
    if (isPromiseOf(verdict)) verdict = await verdict;
    if (verdict.kind === "give-up") throw giveUpError(policy, verdict);
    if (verdict.kind !== "sleep") return verdict.value;
    await policy.sleep(call.upcomingSleepMs, policy.signal);
  }
}
