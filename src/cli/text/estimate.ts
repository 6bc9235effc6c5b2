import type { Estimate, Range } from "../../run/index.ts";
import type { JsonValue } from "../../core/base/index.ts";
import type { Session } from "../../core/session/index.ts";
import { formatCount, formatDuration } from "./report-text.ts";

/** A session's options with the estimate that was made before it, for the end of the run. */
export function withEstimate(options: JsonValue, given: Estimate | undefined): JsonValue {
  if (!given || typeof options !== "object" || options === null || isList(options)) return options;
  return { ...options, estimate: storeEstimate(given) };
}

/** An estimate as a session keeps it. */
const storeEstimate = ({ calls, inputTokens, outputTokens, durationMs, cost }: Estimate): JsonValue => ({
  calls: { ...calls },
  inputTokens: { ...inputTokens },
  outputTokens: { ...outputTokens },
  ...(durationMs && { durationMs: { ...durationMs } }),
  ...(cost && { cost: { ...cost } }),
});

/**
 * The estimate before the session's first run; `undefined` when there was none. Parsed without a schema library, which
 * would take longer to load than all the rest of `status`.
 */
export function estimateOf({ options }: Pick<Session, "options">): Estimate | undefined {
  const kept = fieldOf(options, "estimate");
  const [calls, inputTokens, outputTokens, durationMs, cost] = FIELDS.map((field) => rangeOf(fieldOf(kept, field)));
  if (!calls || !inputTokens || !outputTokens) return undefined;
  return { calls, inputTokens, outputTokens, ...(durationMs && { durationMs }), ...(cost && { cost }) };
}

const FIELDS = ["calls", "inputTokens", "outputTokens", "durationMs", "cost"] as const;

function rangeOf(value: JsonValue | undefined): Range | undefined {
  const [least, most] = [fieldOf(value, "least"), fieldOf(value, "most")];
  return typeof least === "number" && typeof most === "number" ? { least, most } : undefined;
}

// Array.isArray does not narrow readonly arrays out of a union.
const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

const fieldOf = (value: JsonValue | undefined, field: string): JsonValue | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.entries(value).find(([name]) => name === field)?.[1]
    : undefined;

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

/** `3 to 8`, or `3` for an exact number. */
export function rangeText({ least, most }: Range, show: (n: number) => string): string {
  const [from, to] = [show(least), show(most)];
  return from === to ? from : `${from} to ${to}`;
}

/** `0.1234`: money in whatever currency the prices are. */
export const formatAmount = (n: number): string => n.toLocaleString("en-US", { maximumSignificantDigits: 3 });

/** Two digits are as precise as an estimate is. */
const rounded = (n: number): string => formatCount(Number(n.toPrecision(2)));
