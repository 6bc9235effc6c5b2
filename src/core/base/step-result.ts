import type { JsonValue } from "./json-value.ts";

/** What one step did to one item, or (with counts) to all items of a run. */
export interface StepResult {
  /** Whether the step put something out. */
  readonly success: boolean;
  readonly output?: JsonValue;
  readonly error?: string;
  /** Milliseconds from a monotonic clock, retries and their waits included. */
  readonly durationMs: number;
  /** Calls made: 1 when the first one succeeded. */
  readonly attempts: number;
  readonly itemsProcessed: number;
  readonly itemsFailed: number;
}
