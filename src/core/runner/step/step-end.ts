import type { FailedAttempt, FailureKind } from "../../failure/index.ts";
import { isUnanswered } from "../../lane/index.ts";
import type { StepOutput } from "./step-output.ts";

/** How a step ended for one item. `released` leaves no trace: the item goes on from here in the next run. */
export type StepEnd = StepOutput | FailedEnd | { readonly kind: "released" };

/** The step failed for good, after all its attempts. */
export interface FailedEnd {
  readonly kind: "failed";
  readonly failure: FailureKind;
  readonly error: unknown;
  readonly failedAttempts: readonly FailedAttempt[];
  /** What `isUnansweredEnd` said where the step was done; absent when that was here. */
  readonly unanswered?: boolean | undefined;
}

/** Whether a call was sent to which no answer came, and the failure may pass: it may have been done, and is worth repeating. */
export function isUnansweredEnd({ failure, error, failedAttempts, unanswered }: FailedEnd): boolean {
  if (unanswered !== undefined) return unanswered;
  return failure === "transient" && [error, ...failedAttempts.map((attempt) => attempt.error)].some(isUnanswered);
}
