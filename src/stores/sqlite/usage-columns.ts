import type { SQLOutputValue } from "node:sqlite";
import { NO_USAGE, soundUsage, type Usage, type UsageCount } from "../../core/model/index.ts";

/** A column of `step_totals` that sums one field of the usages of a step's calls. */
interface UsageColumn {
  readonly field: UsageCount;
  readonly column: string;
  /** The layout of the database that brought it. */
  readonly since: number;
}

/** In the order of the table's columns. */
export const USAGE_COLUMNS: readonly UsageColumn[] = [
  { field: "calls", column: "calls", since: 1 },
  { field: "inputTokens", column: "input_tokens", since: 1 },
  { field: "outputTokens", column: "output_tokens", since: 1 },
  { field: "callsOfUnknownTokens", column: "calls_unknown_tokens", since: 1 },
  { field: "cost", column: "cost", since: 1 },
  { field: "callsOfUnknownCost", column: "calls_unknown_cost", since: 1 },
  { field: "cachedInputTokens", column: "cached_input_tokens", since: 4 },
  { field: "reasoningTokens", column: "reasoning_tokens", since: 4 },
  { field: "estimatedTokens", column: "estimated_tokens", since: 4 },
  { field: "estimatedCost", column: "estimated_cost", since: 4 },
];

/** The values of a usage, in that order. */
export const usageValues = (usage: Usage): readonly number[] => USAGE_COLUMNS.map(({ field }) => usage[field]);

/** The usage in a row. An older version may have summed what a server said, whatever it was; one that lacks a column had none. */
export const usageInRow = (row: Readonly<Record<string, SQLOutputValue>>): Usage =>
  soundUsage(Object.fromEntries(USAGE_COLUMNS.map(({ field, column }) => [field, row[column] ?? NO_USAGE[field]])));
