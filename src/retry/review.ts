import { isOverdue } from "./attempt.ts";
import { decide, type Decision, type GiveUp } from "./decide.ts";
import { publish } from "./diagnostics.ts";
import { dispose } from "./dispose.ts";
import { TryAgain } from "./errors/index.ts";
import { andThen, type MaybePromise } from "./maybe-promise.ts";
import type { Policy } from "./policy.ts";
import type { Progress } from "./progress.ts";
import type { Outcome, SettledState } from "./state.ts";

/** What a driver does after an attempt. An error that must not be retried is thrown instead. */
export type Verdict<T> =
  | { readonly kind: "value"; readonly value: T }
  /** Sleep for the call's `upcomingSleepMs`, then make the next attempt. */
  | typeof SLEEP
  /** The call is given up. The driver makes the error, so that its stack begins near the caller. */
  | GiveUp<T>
  /** The call is given up, and `onGiveUp` gave this in place of an error. */
  | { readonly kind: "fallback"; readonly value: T; readonly giveUp: GiveUp<T> };

const SLEEP = { kind: "sleep" } as const;

/** Everything before an attempt: the abort check and the `before` hook. Returns a promise only if the hook is async. */
export function prepare(progress: Progress): MaybePromise<void> {
  const { before, signal } = progress.policy;
  signal?.throwIfAborted();
  if (before === undefined) return undefined;
  return andThen(before(progress.state(undefined)), () => signal?.throwIfAborted());
}

/**
 * Everything between the end of an attempt and the sleep, in tenacity's order: predicate, `after`, wait, stop,
 * `beforeSleep`. Shared by all drivers: it returns synchronously unless a predicate or hook returns a promise.
 */
export function review<T>(progress: Progress, outcome: Outcome<T>): MaybePromise<Verdict<T>> {
  const { policy, statistics } = progress;
  throwIfAborted(policy, outcome);
  if (outcome.status === "raised") progress.remember(outcome.error);
  const settled = progress.state(outcome);
  return unlessAborted(policy, outcome, isToRetry(policy, settled), (again) => {
    if (!again) return follow(progress, decide(policy, settled, false));
    if (statistics) statistics.delaySinceFirstAttemptMs = settled.elapsedMs;
    policy.budget?.recordFailure();
    return unlessAborted(policy, outcome, policy.after?.(settled), () =>
      follow(progress, decide(policy, settled, true)),
    );
  });
}

/** What a call that was given up throws: the policy's error class, or with `reraise` the last error itself. */
export function giveUpError(policy: Policy, { state, reason }: GiveUp): unknown {
  const { outcome, attemptNumber, name, errors } = state;
  if (policy.reraise && outcome.status === "raised") return outcome.error;
  return new policy.retryErrorClass({ name, reason, attempts: attemptNumber, lastAttempt: outcome, errors });
}

/** Continues with the result of a predicate or hook, unless the caller has aborted meanwhile. */
function unlessAborted<V, R>(
  policy: Policy,
  outcome: Outcome,
  given: MaybePromise<V>,
  use: (value: V) => MaybePromise<R>,
): MaybePromise<R> {
  return andThen(given, (value) => {
    throwIfAborted(policy, outcome);
    return use(value);
  });
}

/** Throws the caller's own abort reason; a value that no caller receives is disposed of. */
function throwIfAborted({ signal }: Policy, outcome: Outcome): void {
  if (!signal?.aborted) return;
  if (outcome.status === "returned") dispose(outcome.value);
  throw signal.reason;
}

/** TryAgain always asks for a retry; no predicate can ask for an attempt past the deadline. */
function isToRetry(policy: Policy, state: SettledState): MaybePromise<boolean> {
  const { outcome } = state;
  const isUnasked = outcome.status === "raised" && (outcome.error instanceof TryAgain || isOverdue(outcome.error));
  return isUnasked || policy.retry(state);
}

function follow<T>(progress: Progress, decision: Decision<T>): MaybePromise<Verdict<T>> {
  publish(decision);
  switch (decision.kind) {
    case "done":
      return accept(progress.policy, decision.state);
    case "give-up":
      return surrender(progress.policy, decision);
    case "retry":
      return rest(progress, decision.state, decision.delayMs);
  }
}

function accept<T>(policy: Policy, state: SettledState<T>): MaybePromise<Verdict<T>> {
  const { outcome } = state;
  if (outcome.status === "raised") throw outcome.error;
  policy.budget?.recordSuccess();
  return unlessAborted(policy, outcome, policy.onSuccess?.(state), () => ({ kind: "value", value: outcome.value }));
}

/** Returns the give-up hook's value, if there is a hook, instead of the error. */
function surrender<T>(policy: Policy, giveUp: GiveUp<T>): MaybePromise<Verdict<T>> {
  const { state } = giveUp;
  if (policy.onGiveUp === undefined) return giveUp;
  // A policy serves functions of every type, so the author of the hook vouches for the type of this value.
  return unlessAborted(policy, state.outcome, policy.onGiveUp(state), (value) => ({
    kind: "fallback",
    value: value as T,
    giveUp,
  }));
}

/** Counts the sleep, calls the hook, and disposes of a value that was not accepted. */
function rest<T>(progress: Progress, state: SettledState<T>, delayMs: number): MaybePromise<Verdict<T>> {
  const { policy } = progress;
  const { outcome } = state;
  progress.upcomingSleepMs = delayMs;
  progress.idleForMs += delayMs;
  const told = policy.beforeSleep?.({ ...state, nextSleepMs: delayMs, idleForMs: progress.idleForMs });
  return unlessAborted(policy, outcome, told, () => {
    if (outcome.status === "returned") dispose(outcome.value);
    progress.advance();
    return SLEEP;
  });
}
