import { isOverdue } from "./attempt.ts";
import { decide, type Decision, type GiveUp } from "./decide.ts";
import { dispose } from "./dispose.ts";
import { TryAgain } from "./errors.ts";
import { andThen, type MaybePromise } from "./maybe-promise.ts";
import type { Policy } from "./options.ts";
import type { RetryState, SettledState } from "./state.ts";
import type { CallStatistics } from "./statistics.ts";

/** What a driver must do after an attempt. An error that is not to be tried again is thrown instead. */
export type Verdict<T> =
  | { readonly kind: "value"; readonly value: T }
  /** The call is given up. The driver makes the error, so that its stack begins near the caller. */
  | GiveUp<T>
  /** The call is given up, and `onGiveUp` gave this in place of an error. */
  | { readonly kind: "fallback"; readonly value: T; readonly giveUp: GiveUp }
  | { readonly kind: "sleep"; readonly delayMs: number; readonly state: RetryState<T> };

/**
 * Everything between the end of an attempt and the sleep, in tenacity's order: predicate, `after`, wait, stop,
 * `beforeSleep`. One piece of code for all drivers: it answers at once unless a predicate or hook returns a promise.
 */
export function review<T>(
  policy: Policy,
  settled: SettledState<T>,
  statistics?: CallStatistics,
): MaybePromise<Verdict<T>> {
  throwIfAborted(policy, settled);
  return andThen(isToRetry(policy, settled), (again) => {
    throwIfAborted(policy, settled);
    if (!again) return follow(policy, decide(policy, settled, false));
    statistics?.failed(settled);
    policy.budget?.recordFailure();
    return andThen(policy.after?.(settled), () => {
      throwIfAborted(policy, settled);
      return follow(policy, decide(policy, settled, true));
    });
  });
}

/** Throws the caller's own abort reason; a value that nobody will get is disposed of. */
export function throwIfAborted({ signal }: Policy, { outcome }: RetryState): void {
  if (signal === undefined || !signal.aborted) return;
  if (outcome?.status === "returned") dispose(outcome.value);
  throw signal.reason;
}

/** What a call that was given up throws: the policy's error class, or with `reraise` the last error itself. */
export function giveUpError(policy: Policy, { state, reason }: GiveUp): unknown {
  const { outcome, attemptNumber, name, elapsedMs, errors } = state;
  if (policy.reraise && outcome.status === "raised") return outcome.error;
  return new policy.retryErrorClass({ name, reason, attempts: attemptNumber, elapsedMs, lastAttempt: outcome, errors });
}

/** TryAgain is a request and not a failure to be judged, and no predicate can ask for an attempt past the deadline. */
function isToRetry(policy: Policy, state: SettledState): MaybePromise<boolean> {
  const { outcome } = state;
  const isUnasked = outcome.status === "raised" && (outcome.error instanceof TryAgain || isOverdue(outcome.error));
  return isUnasked || policy.retry(state);
}

function follow<T>(policy: Policy, decision: Decision<T>): MaybePromise<Verdict<T>> {
  switch (decision.kind) {
    case "done":
      return accept(policy, decision.state);
    case "give-up":
      return surrender(policy, decision);
    case "retry":
      return rest(policy, decision.state, decision.delayMs);
  }
}

function accept<T>(policy: Policy, state: SettledState<T>): MaybePromise<Verdict<T>> {
  const { outcome } = state;
  if (outcome.status === "raised") throw outcome.error;
  policy.budget?.recordSuccess();
  return andThen(policy.onSuccess?.(state), () => {
    throwIfAborted(policy, state);
    return { kind: "value", value: outcome.value };
  });
}

/** Puts the give-up hook's value, if there is a hook, in place of the error. */
function surrender<T>(policy: Policy, giveUp: GiveUp<T>): MaybePromise<Verdict<T>> {
  if (policy.onGiveUp === undefined) return giveUp;
  return andThen(policy.onGiveUp(giveUp.state), (value) => {
    throwIfAborted(policy, giveUp.state);
    // A policy serves functions of every type, so that this value fits is the word of whoever wrote the hook.
    return { kind: "fallback", value: value as T, giveUp };
  });
}

function rest<T>(policy: Policy, state: SettledState<T>, delayMs: number): MaybePromise<Verdict<T>> {
  return andThen(policy.beforeSleep?.(state), () => {
    throwIfAborted(policy, state);
    if (state.outcome.status === "returned") dispose(state.outcome.value);
    return { kind: "sleep", delayMs, state };
  });
}
