import type { JsonField } from "../files/index.ts";
import type { TokenUsage } from "./language-model.ts";
import { costOf, type Price } from "./price-table.ts";

/** The usage of a model's calls. Unknown amounts are counted separately and never taken as 0. */
export interface Usage {
  /** Calls that were answered. */
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Calls that did not report all their tokens; the sums hold only what they reported. */
  readonly callsOfUnknownTokens: number;
  /** By the run's price table. */
  readonly cost: number;
  /** Calls without a price or without tokens to apply it to; `cost` holds only what is known of them. */
  readonly callsOfUnknownCost: number;
}

export const NO_USAGE: Usage = Object.freeze({
  calls: 0,
  inputTokens: 0,
  outputTokens: 0,
  callsOfUnknownTokens: 0,
  cost: 0,
  callsOfUnknownCost: 0,
});

/** The usage of one answered call. */
export function usageOfCall(tokens: TokenUsage, price: Price | undefined): Usage {
  const { inputTokens, outputTokens } = tokens;
  const { cost, isWhole } = costOf(tokens, price);
  return {
    calls: 1,
    inputTokens: inputTokens ?? 0,
    outputTokens: outputTokens ?? 0,
    callsOfUnknownTokens: inputTokens === undefined || outputTokens === undefined ? 1 : 0,
    cost,
    callsOfUnknownCost: isWhole ? 0 : 1,
  };
}

/**
 * The sum of several usages. Absent ones, of steps that call no model, add nothing.
 *
 * @example
 * ```ts
 * import { sumUsage, type Usage } from "holdfast";
 *
 * const call: Usage = {
 *   calls: 1,
 *   inputTokens: 1200,
 *   outputTokens: 300,
 *   callsOfUnknownTokens: 0,
 *   cost: 0.25,
 *   callsOfUnknownCost: 0,
 * };
 * const { calls, inputTokens, cost } = sumUsage([call, undefined, call]);
 * console.log(calls, inputTokens, cost);
 * // prints: 2 2400 0.5
 * ```
 */
export function sumUsage(all: Iterable<Usage | undefined>): Usage {
  const sum = { ...NO_USAGE };
  for (const usage of all) for (const key of KEYS) sum[key] += usage?.[key] ?? 0;
  return sum;
}

/** The difference to an earlier usage. */
export function subtractUsage(usage: Usage, earlier: Usage): Usage {
  const rest = { ...usage };
  for (const key of KEYS) rest[key] -= earlier[key];
  // Sums of floating-point money have rounding errors.
  return { ...rest, cost: Math.max(0, rest.cost) };
}

const KEYS: readonly (keyof Usage)[] = [
  "calls",
  "inputTokens",
  "outputTokens",
  "callsOfUnknownTokens",
  "cost",
  "callsOfUnknownCost",
];

/** Reads a usage back from a file. */
export function readUsage(field: JsonField): Usage {
  return {
    calls: field.field("calls").count(),
    inputTokens: field.field("inputTokens").count(),
    outputTokens: field.field("outputTokens").count(),
    callsOfUnknownTokens: field.field("callsOfUnknownTokens").count(),
    cost: field.field("cost").amount(),
    callsOfUnknownCost: field.field("callsOfUnknownCost").count(),
  };
}
