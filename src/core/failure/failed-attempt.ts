import type { FailureKind } from "./failure.ts";

/** One call of a step that did not succeed. */
export interface FailedAttempt {
  readonly attempt: number;
  readonly kind: FailureKind;
  readonly error: unknown;
  /** Milliseconds since 1970. */
  readonly at: number;
}
