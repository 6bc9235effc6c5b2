import type { FunctionCall } from "./call.ts";
import { isPromiseOf, type MaybePromise } from "./maybe-promise.ts";
import { giveUpError, prepare, review } from "./review.ts";
import type { Outcome } from "./state.ts";

/**
 * Makes a call under its policy: the synchronous driver. It blocks the thread while it sleeps, so no timer and no abort
 * can interrupt it; both are checked between attempts.
 *
 * @throws TypeError when the function, a hook or the predicate returns a promise.
 */
export function driveSync<This, A extends unknown[], T>(call: FunctionCall<This, A, T>): T {
  const { policy } = call;
  for (;;) {
    atOnce(prepare(call), "a hook");
    const verdict = atOnce(review(call, attemptNow(call)), "a hook or the predicate");
    if (verdict.kind === "give-up") throw giveUpError(policy, verdict);
    if (verdict.kind !== "sleep") return verdict.value;
    policy.sleepSync(call.upcomingSleepMs);
  }
}

function attemptNow<This, A extends unknown[], T>(call: FunctionCall<This, A, T>): Outcome<T> {
  let value: MaybePromise<T>;
  try {
    value = call.invoke();
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
