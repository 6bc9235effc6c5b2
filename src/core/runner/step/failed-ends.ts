import { classifyFailure, FAILURES, messageOf, type FailedAttempt } from "../../failure/index.ts";
import type { RunDeps } from "../run-deps.ts";
import type { StepEnd } from "./step-end.ts";

/** The end that a failure brings: some stop the whole run, or leave the item as it is. */
export function endOfFailure(error: unknown, failedAttempts: readonly FailedAttempt[], deps: RunDeps): StepEnd {
  const failure = classifyFailure(error);
  const effect = FAILURES[failure].does;
  if (effect === "release") return { kind: "released" };
  if (effect === "stop") {
    const message = messageOf(error);
    deps.control.stop(
      failure === "write" ? { kind: "write", message, error } : { kind: "unusable", failure, message, error },
    );
    return { kind: "released" };
  }
  return { kind: "failed", failure, error, failedAttempts };
}

/** What a user cancels is no sign that the work goes wrong. */
export const isCancelled = (end: StepEnd): boolean => end.kind === "failed" && end.failure === "cancelled_by_user";

/** An attempt that failed, for what is kept of the item's failure. */
export const failedAttempt = (error: unknown, attempt: number, { clock }: Pick<RunDeps, "clock">): FailedAttempt => ({
  attempt,
  kind: classifyFailure(error),
  error,
  at: clock.wallNow(),
});
