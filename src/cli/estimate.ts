import { z } from "zod";
import type { JsonValue, Session } from "../index.ts";
import { formatCount, formatDuration } from "./report-text.ts";

/** What is thought to come, from the least to the most. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** What a run is thought to need, before it began. */
export interface Estimate {
  readonly calls: Range;
  readonly inputTokens: Range;
  readonly outputTokens: Range;
  /** Absent when nothing is known of the model's speed. */
  readonly durationMs?: Range;
  /** Absent without a price. */
  readonly cost?: Range;
}

const range = z.object({ least: z.number().nonnegative(), most: z.number().nonnegative() });

const estimate = z.object({
  calls: range,
  inputTokens: range,
  outputTokens: range,
  durationMs: range.optional(),
  cost: range.optional(),
});

const kept = z.object({ estimate });

/** An estimate as a session keeps it beside its options. */
export const storeEstimate = (given: Estimate): JsonValue => estimate.parse(given) as JsonValue;

/** What was thought before the session's first run; `undefined` when nothing was said. */
export function estimateOf({ options }: Pick<Session, "options">): Estimate | undefined {
  const { data } = kept.safeParse(options);
  if (!data) return undefined;
  const { durationMs, cost, ...sure } = data.estimate;
  return { ...sure, ...(durationMs && { durationMs }), ...(cost && { cost }) };
}

/** `24 calls, 30,000 to 42,000 tokens in, 5,000 to 14,000 out, 3 min to 8 min, cost 0.1 to 0.2`. */
export function estimateText({ calls, inputTokens, outputTokens, durationMs, cost }: Estimate): string {
  if (calls.most === 0) return "no calls to a model";
  return [
    `${rangeText(calls, formatCount)} ${calls.most === 1 ? "call" : "calls"}`,
    `${rangeText(inputTokens, rounded)} tokens in`,
    `${rangeText(outputTokens, rounded)} out`,
    ...(durationMs ? [rangeText(durationMs, formatDuration)] : []),
    ...(cost ? [`cost ${rangeText(cost, formatAmount)}`] : []),
  ].join(", ");
}

/** `3 to 8`, or `3` when there is no doubt. */
export function rangeText({ least, most }: Range, show: (n: number) => string): string {
  const [from, to] = [show(least), show(most)];
  return from === to ? from : `${from} to ${to}`;
}

/** `0.1234`: money in whatever currency the prices are. */
export const formatAmount = (n: number): string => n.toLocaleString("en-US", { maximumSignificantDigits: 3 });

/** Two digits are as much as an estimate knows. */
const rounded = (n: number): string => formatCount(Number(n.toPrecision(2)));
