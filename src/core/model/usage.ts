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

/** More than any call has, and little enough that a million of them can be added up: a larger number is none. */
const MOST_TOKENS = 1e12;

/** A count that somebody else reports: a whole number from 0, or unknown. */
const countIn = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= MOST_TOKENS ? value : undefined;

/** A number of tokens that a server reports, where it is one: whole, from 0. */
export function soundTokens(given: unknown): TokenUsage {
  if (typeof given !== "object" || given === null) return {};
  const inputTokens = "inputTokens" in given ? countIn(given.inputTokens) : undefined;
  const outputTokens = "outputTokens" in given ? countIn(given.outputTokens) : undefined;
  return { ...(inputTokens !== undefined && { inputTokens }), ...(outputTokens !== undefined && { outputTokens }) };
}

/** A usage that was written by somebody else, or by an older version: what is no count in it is unknown. */
export function soundUsage(given: Readonly<Partial<Record<keyof Usage, unknown>>>): Usage {
  const [inputTokens, outputTokens] = [countIn(given.inputTokens), countIn(given.outputTokens)];
  const [unknownTokens, unknownCost] = [countIn(given.callsOfUnknownTokens), countIn(given.callsOfUnknownCost)];
  const { cost } = given;
  const isCost = typeof cost === "number" && Number.isFinite(cost) && cost >= 0;
  const knowsTokens = inputTokens !== undefined && outputTokens !== undefined && unknownTokens !== undefined;
  const knowsCost = isCost && unknownCost !== undefined;
  // Something is unknown of at least one call.
  const calls = Math.max(countIn(given.calls) ?? 1, knowsTokens && knowsCost ? 0 : 1);
  return {
    calls,
    inputTokens: inputTokens ?? 0,
    outputTokens: outputTokens ?? 0,
    callsOfUnknownTokens: knowsTokens ? unknownTokens : calls,
    cost: isCost ? cost : 0,
    callsOfUnknownCost: knowsCost ? unknownCost : calls,
  };
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

/** Reads a usage back from a file. A number in it is no reason to refuse the file. */
export function readUsage(field: JsonField): Usage {
  const value = (name: keyof Usage): unknown => {
    const part = field.field(name);
    return part.exists ? part.any() : undefined;
  };
  return soundUsage({
    calls: value("calls"),
    inputTokens: value("inputTokens"),
    outputTokens: value("outputTokens"),
    callsOfUnknownTokens: value("callsOfUnknownTokens"),
    cost: value("cost"),
    callsOfUnknownCost: value("callsOfUnknownCost"),
  });
}
