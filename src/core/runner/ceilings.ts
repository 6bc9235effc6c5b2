import { HoldfastError } from "../failure/index.ts";

/**
 * Where a run stops by itself. Cost, tokens and failed items count over the whole session, earlier runs included; the
 * others over one run.
 */
export interface Ceilings {
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

/** Throws a `HoldfastError` (`usage`) for a ceiling that makes no sense. */
export function assertCeilings(ceilings: Ceilings): void {
  for (const ceiling of ["maxTokens", "limit", "maxConsecutiveFailures"] as const) {
    const value = ceilings[ceiling];
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1))
      refuse(ceiling, "a whole number from 1 on", value);
  }
  const { maxCost, failOnError } = ceilings;
  if (maxCost !== undefined && !(Number.isFinite(maxCost) && maxCost > 0))
    refuse("maxCost", "an amount above 0", maxCost);
  if (failOnError !== undefined && !isFailureCeiling(failOnError)) {
    refuse("failOnError", 'a whole number from 1 on or a share such as "5%"', failOnError);
  }
}

function isFailureCeiling(value: number | string): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value) && value >= 1;
  return /^\d+(\.\d+)?%$/.test(value) && parseFloat(value) > 0 && parseFloat(value) <= 100;
}

function refuse(ceiling: string, expected: string, got: unknown): never {
  throw new HoldfastError("usage", `Expected \`${ceiling}\` to be ${expected}, got ${JSON.stringify(got)}.`);
}
