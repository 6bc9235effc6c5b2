import type { FailedAttempt, FailureKind } from "../failure/index.ts";
import type { StepOutput } from "./step-output.ts";

/** How a step ended for one item. `released` leaves no trace: the item goes on from here in the next run. */
export type StepEnd = StepOutput | FailedEnd | { readonly kind: "released" };

/** The step failed for good, after all its attempts. */
export interface FailedEnd {
  readonly kind: "failed";
  readonly failure: FailureKind;
  readonly error: unknown;
  readonly failedAttempts: readonly FailedAttempt[];
}
