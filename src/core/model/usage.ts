import type { TokenUsage } from "../base/index.ts";
import type { JsonField } from "../files/index.ts";
import { NOTHING_SPENT, type Spent } from "./budget.ts";
import { costOf, type Price } from "./price-table.ts";

/**
 * The usage of a model's calls, also of those that failed, were cut off or were ended by us. Sums hold what servers have
 * reported; what they did not is counted apart, and never taken as 0.
 */
export interface Usage {
  /** Calls that the model has worked on. */
  readonly calls: number;
  /** Tokens read, those out of a provider's cache included. */
  readonly inputTokens: number;
  /** Those of `inputTokens` that were in a provider's cache. */
  readonly cachedInputTokens: number;
  /** Tokens written, thinking included. */
  readonly outputTokens: number;
  /** Those of `outputTokens` that were thinking. */
  readonly reasoningTokens: number;
  /** Calls that did not report all their tokens. */
  readonly callsOfUnknownTokens: number;
  /** What those calls have probably used beside what they reported: from the prompt's length and what was streamed. */
  readonly estimatedTokens: number;
  /** What servers have said that calls cost, and the rest by the run's price table. */
  readonly cost: number;
  /** Calls without a price or without tokens to apply it to; `cost` holds only what is known of them. */
  readonly callsOfUnknownCost: number;
  /** What those calls have probably cost beside what is in `cost`, where there is a price. */
  readonly estimatedCost: number;
  /** The ids of the models that answered, where several are asked in turn. */
  readonly answeredBy?: readonly string[];
}

/** What can be added up. */
export type UsageCount = keyof Omit<Usage, "answeredBy">;

/** The usage of no calls. */
export const NO_USAGE: Usage = Object.freeze({
  calls: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  callsOfUnknownTokens: 0,
  estimatedTokens: 0,
  cost: 0,
  callsOfUnknownCost: 0,
  estimatedCost: 0,
});

const KEYS = Object.keys(NO_USAGE) as readonly UsageCount[];

/** More than any call has, and little enough that a million of them can be added up: a larger number is none. */
const MOST_TOKENS = 1e12;
/** The same for money. */
const MOST_COST = 1e9;

/** A count that somebody else reports: a whole number from 0, or unknown. */
const countIn = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= MOST_TOKENS ? value : undefined;

/** An amount of money that somebody else reports. */
const amountIn = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) && value >= 0 && value <= MOST_COST ? value : undefined;

/** A number of tokens that a server reports, where it is one: whole, from 0. A part is never more than what it is part of. */
export function soundTokens(given: unknown): TokenUsage {
  if (typeof given !== "object" || given === null) return {};
  const said = given as Readonly<Partial<Record<keyof TokenUsage, unknown>>>;
  const [inputTokens, outputTokens] = [countIn(said.inputTokens), countIn(said.outputTokens)];
  const partOf = (value: unknown, whole: number | undefined): number | undefined => {
    const part = countIn(value);
    return part === undefined || whole === undefined || part > whole ? undefined : part;
  };
  return known({
    inputTokens,
    cachedInputTokens: partOf(said.cachedInputTokens, inputTokens),
    cacheWriteTokens: partOf(said.cacheWriteTokens, inputTokens),
    outputTokens,
    reasoningTokens: partOf(said.reasoningTokens, outputTokens),
    cost: amountIn(said.cost),
  });
}

/** Without the fields that are unknown. */
const known = (usage: { readonly [Key in keyof TokenUsage]?: number | undefined }): TokenUsage =>
  Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== undefined));

/** A run has few models, and their ids are short. */
const MOST_MODELS = 16;
const MOST_CHARS_OF_ID = 500;

/** The ids of models, where somebody else reports them. */
const idsIn = (value: unknown): readonly string[] =>
  Array.isArray(value)
    ? value
        .slice(0, MOST_MODELS)
        .filter((id): id is string => typeof id === "string" && id !== "" && id.length <= MOST_CHARS_OF_ID)
    : [];

/** A usage that was written by somebody else, or by an older version: what is no count in it is unknown. */
export function soundUsage(given: Readonly<Partial<Record<keyof Usage, unknown>>>): Usage {
  const [inputTokens, outputTokens] = [countIn(given.inputTokens), countIn(given.outputTokens)];
  const [unknownTokens, unknownCost] = [countIn(given.callsOfUnknownTokens), countIn(given.callsOfUnknownCost)];
  const cost = amountIn(given.cost);
  const knowsTokens = inputTokens !== undefined && outputTokens !== undefined && unknownTokens !== undefined;
  const knowsCost = cost !== undefined && unknownCost !== undefined;
  // Something is unknown of at least one call.
  const calls = Math.max(countIn(given.calls) ?? 1, knowsTokens && knowsCost ? 0 : 1);
  const answeredBy = idsIn(given.answeredBy);
  return {
    ...(answeredBy.length > 0 && { answeredBy }),
    calls,
    inputTokens: inputTokens ?? 0,
    cachedInputTokens: Math.min(countIn(given.cachedInputTokens) ?? 0, inputTokens ?? 0),
    outputTokens: outputTokens ?? 0,
    reasoningTokens: Math.min(countIn(given.reasoningTokens) ?? 0, outputTokens ?? 0),
    callsOfUnknownTokens: knowsTokens ? unknownTokens : calls,
    estimatedTokens: countIn(given.estimatedTokens) ?? 0,
    cost: cost ?? 0,
    callsOfUnknownCost: knowsCost ? unknownCost : calls,
    estimatedCost: amountIn(given.estimatedCost) ?? 0,
  };
}

/** The usage of one call. `likely` says what it probably came to in all, where it does not report all of it. */
export function usageOfCall(tokens: TokenUsage, price: Price | undefined, likely: Spent = NOTHING_SPENT): Usage {
  const { inputTokens = 0, outputTokens = 0, cachedInputTokens = 0, reasoningTokens = 0 } = tokens;
  const { cost, isWhole } = costOf(tokens, price);
  const knowsTokens = tokens.inputTokens !== undefined && tokens.outputTokens !== undefined;
  return {
    calls: 1,
    inputTokens,
    cachedInputTokens,
    outputTokens,
    reasoningTokens,
    callsOfUnknownTokens: knowsTokens ? 0 : 1,
    estimatedTokens: knowsTokens ? 0 : Math.max(0, likely.tokens - inputTokens - outputTokens),
    cost,
    callsOfUnknownCost: isWhole ? 0 : 1,
    estimatedCost: isWhole ? 0 : Math.max(0, likely.cost - cost),
  };
}

/**
 * The sum of several usages. Absent ones, of steps that call no model, add nothing.
 *
 * @example
 * ```ts
 * import { NO_USAGE, sumUsage, type Usage } from "holdfast";
 *
 * const call: Usage = { ...NO_USAGE, calls: 1, inputTokens: 1200, outputTokens: 300, cost: 0.25 };
 * const { calls, inputTokens, cost } = sumUsage([call, undefined, call]);
 * console.log(calls, inputTokens, cost);
 * // prints: 2 2400 0.5
 * ```
 */
export function sumUsage(all: Iterable<Usage | undefined>): Usage {
  const sum = { ...NO_USAGE };
  let answeredBy: Set<string> | undefined;
  for (const usage of all) {
    for (const key of KEYS) sum[key] += usage?.[key] ?? 0;
    for (const id of usage?.answeredBy ?? []) (answeredBy ??= new Set()).add(id);
  }
  return answeredBy ? { ...sum, answeredBy: [...answeredBy] } : sum;
}

/** The same usage, with a model that has answered. */
export const withAnswerer = (usage: Usage | undefined, id: string): Usage =>
  sumUsage([usage, { ...NO_USAGE, answeredBy: [id] }]);

/** The difference to an earlier usage. */
export function subtractUsage(usage: Usage, earlier: Usage): Usage {
  const rest: { -readonly [Key in keyof Usage]: Usage[Key] } = { ...usage };
  for (const key of KEYS) rest[key] -= earlier[key];
  // Sums of floating-point money have rounding errors.
  return { ...rest, cost: Math.max(0, rest.cost), estimatedCost: Math.max(0, rest.estimatedCost) };
}

/** What calls have cost in all, with what is estimated. */
export const spentIn = (usage: Usage): Spent => ({
  tokens: usage.inputTokens + usage.outputTokens + usage.estimatedTokens,
  cost: usage.cost + usage.estimatedCost,
});

/** Reads a usage back from a file. A number in it is no reason to refuse the file. */
export function readUsage(field: JsonField): Usage {
  const value = (name: keyof Usage): unknown => {
    const part = field.field(name);
    return part.exists ? part.any() : undefined;
  };
  return soundUsage(Object.fromEntries(KEYS.map((name) => [name, value(name)])));
}
