import type { Duration } from "../../retry/index.ts";
import { HoldfastError } from "../failure/index.ts";

/**
 * Limits at which a run stops. Cost, tokens and failed items count over the whole session, earlier runs included; the
 * others count per run.
 */
export interface RunLimits {
  /** Failed items: a number, or a share of the items worked on, judged from {@link SHARE_NEEDS_ITEMS} of them on. */
  readonly failOnError?: number | `${number}%`;
  /** In the price table's currency. */
  readonly maxCost?: number;
  /** Input and output together. */
  readonly maxTokens?: number;
  /** Items that are read from the source in one run; started items are finished. */
  readonly limit?: number;
  /** Items that fail in a row in one step, without a success in between. */
  readonly maxConsecutiveFailures?: number;
  /** How long one run may take; calls in flight are then finished, and nothing fails for it. */
  readonly maxTime?: Duration;
  /**
   * When a run stops in the same way: the next time that a clock here shows `"06:00"`, or a date and time, such as
   * `"2026-12-01T06:00"`.
   */
  readonly until?: Date | string;
  /** When that was asked for: the next 06:00 is the first one after it. @default when the run is called */
  readonly askedAt?: Date;
}

/** The name of a limit. */
export type LimitName = Exclude<keyof RunLimits, "askedAt">;

/** Fewer items than this are too few to judge a share of failures by. */
export const SHARE_NEEDS_ITEMS = 20;

/** Throws a `HoldfastError` (`usage`) for an invalid limit. */
export function assertRunLimits(limits: RunLimits): void {
  for (const limit of ["maxTokens", "limit", "maxConsecutiveFailures"] as const) {
    const value = limits[limit];
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1))
      refuse(limit, "a whole number of 1 or more", value);
  }
  const { maxCost, failOnError } = limits;
  if (maxCost !== undefined && !(Number.isFinite(maxCost) && maxCost > 0))
    refuse("maxCost", "an amount above 0", maxCost);
  if (failOnError !== undefined && !isFailureLimit(failOnError)) {
    refuse("failOnError", 'a whole number of 1 or more, or a share such as "5%"', failOnError);
  }
}

function isFailureLimit(value: number | string): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value) && value >= 1;
  return /^\d+(\.\d+)?%$/.test(value) && parseFloat(value) > 0 && parseFloat(value) <= 100;
}

function refuse(limit: string, expected: string, got: unknown): never {
  throw new HoldfastError("usage", `Expected \`${limit}\` to be ${expected}, got ${JSON.stringify(got)}.`);
}
