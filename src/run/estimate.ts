import { costOf, type Price } from "../core/model/index.ts";
import type { PastUse } from "./past-use.ts";

/** An estimated range, from the least to the most. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** The estimated model usage of a run. */
export interface Estimate {
  readonly calls: Range;
  readonly inputTokens: Range;
  readonly outputTokens: Range;
  /** Absent for a model that makes no calls. */
  readonly durationMs?: Range;
  /** Absent without a price. */
  readonly cost?: Range;
}

/** The calls that a dry run has seen. */
export interface CallsToEstimate {
  readonly calls: number;
  readonly inputTokens: number;
  /** Whether the model itself counted the tokens. */
  readonly isExact: boolean;
  /** Later calls that merge answers, and how many answers they get. */
  readonly merges: number;
  readonly mergedAnswers: number;
}

export interface EstimateBasis {
  readonly past: readonly PastUse[];
  readonly price: Price | undefined;
}

/** Default length of an answer and speed of a model, until answers of it were seen. */
export const DEFAULT_SPEED = {
  outputTokensPerCall: { least: 150, most: 900 },
  readPerSecond: { least: 100, most: 2000 },
  writtenPerSecond: { least: 5, most: 60 },
} as const;

/** How far the model's count of tokens may be from our estimate of them. */
const INPUT_DOUBT: Range = { least: 0.7, most: 1.3 };

/** How far a run may be from those before it. */
const PAST_DOUBT: Range = { least: 0.7, most: 1.4 };

/** Instructions around the answers that a call puts together, in tokens at the most. */
const MERGE_INSTRUCTIONS = 600;

/** Turns the counts of a dry run into estimated ranges. */
export function estimateCalls(seen: CallsToEstimate, { past, price }: EstimateBasis): Estimate {
  const calls = seen.calls + seen.merges;
  const perCall = outputPerCall(past);
  const doubt = seen.isExact ? { least: 1, most: 1 } : INPUT_DOUBT;
  const inputTokens = {
    least: Math.round(seen.inputTokens * doubt.least + seen.mergedAnswers * perCall.least),
    most: Math.round(
      seen.inputTokens * doubt.most + seen.mergedAnswers * perCall.most + seen.merges * MERGE_INSTRUCTIONS,
    ),
  };
  const outputTokens = { least: Math.round(calls * perCall.least), most: Math.round(calls * perCall.most) };
  return {
    calls: { least: calls, most: calls },
    inputTokens,
    outputTokens,
    durationMs: durationOf({ inputTokens, outputTokens }, past),
    ...(price && {
      cost: {
        least: costOf({ inputTokens: inputTokens.least, outputTokens: outputTokens.least }, price).cost,
        most: costOf({ inputTokens: inputTokens.most, outputTokens: outputTokens.most }, price).cost,
      },
    }),
  };
}

function outputPerCall(past: readonly PastUse[]): Range {
  if (past.length === 0) return DEFAULT_SPEED.outputTokensPerCall;
  return widened(past.map(({ calls, outputTokens }) => outputTokens / calls));
}

function durationOf(
  { inputTokens, outputTokens }: Pick<Estimate, "inputTokens" | "outputTokens">,
  past: readonly PastUse[],
): Range {
  if (past.length > 0) {
    const msPerToken = widened(past.map((use) => use.durationMs / Math.max(1, use.inputTokens + use.outputTokens)));
    return {
      least: (inputTokens.least + outputTokens.least) * msPerToken.least,
      most: (inputTokens.most + outputTokens.most) * msPerToken.most,
    };
  }
  const { readPerSecond, writtenPerSecond } = DEFAULT_SPEED;
  return {
    least: 1000 * (inputTokens.least / readPerSecond.most + outputTokens.least / writtenPerSecond.most),
    most: 1000 * (inputTokens.most / readPerSecond.least + outputTokens.most / writtenPerSecond.least),
  };
}

const widened = (values: readonly number[]): Range => ({
  least: Math.min(...values) * PAST_DOUBT.least,
  most: Math.max(...values) * PAST_DOUBT.most,
});
