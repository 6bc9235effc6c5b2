import { HoldfastError } from "../failure/index.ts";

/**
 * Where a run stops by itself. Cost, tokens and failed items count over the whole session, earlier runs included; the
 * others over one run.
 */
export interface RunLimits {
  /** Failed items: a number, or a share of the items worked on, judged from {@link SHARE_NEEDS_ITEMS} of them on. */
  readonly failOnError?: number | `${number}%`;
  /** In the price table's currency. */
  readonly maxCost?: number;
  /** In and out together. */
  readonly maxTokens?: number;
  /** Items that are read from the source in one run; those that were begun are finished. */
  readonly limit?: number;
  /** Items that fail one after the other in one step, with none in between that it works for. */
  readonly maxConsecutiveFailures?: number;
}

/** Fewer items than this are too few to judge a share of failures by. */
export const SHARE_NEEDS_ITEMS = 20;

/** Throws a `HoldfastError` (`usage`) for a limit that makes no sense. */
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
