import type { Usage } from "../../core/model/index.ts";
import { countOf, formatCount } from "./report-text.ts";

/** The cost of a model's calls, in a line for people; none when there were no calls. */
export function usageLines(usage: Usage): readonly string[] {
  const { calls, inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = usage;
  if (calls === 0) return [];
  const cached = cachedInputTokens === 0 ? "" : ` (${formatCount(cachedInputTokens)} cached)`;
  const thought = reasoningTokens === 0 ? "" : ` (${formatCount(reasoningTokens)} thinking)`;
  const tokens = `${formatCount(inputTokens)} tokens in${cached}, ${formatCount(outputTokens)} out${thought}`;
  return [`  model: ${countOf(calls, "call")}, ${tokens}${unknownText(usage)}, ${costText(usage)}`];
}

/** Of calls that did not say all that they used: how many, and what that was probably. */
function unknownText({ callsOfUnknownTokens, estimatedTokens }: Usage): string {
  if (callsOfUnknownTokens === 0) return "";
  const guess = estimatedTokens === 0 ? "" : `: about ${formatCount(estimatedTokens)} more`;
  return ` (${countOf(callsOfUnknownTokens, "call")} did not report them${guess})`;
}

function costText({ calls, cost, callsOfUnknownCost, estimatedCost }: Usage): string {
  const amount = (value: number): string => value.toLocaleString("en-US", { maximumSignificantDigits: 4 });
  if (callsOfUnknownCost === 0) return `cost ${amount(cost)}`;
  if (estimatedCost > 0) return `cost ${amount(cost)}, and about ${amount(estimatedCost)} more`;
  return callsOfUnknownCost === calls && cost === 0 ? "cost unknown" : `cost at least ${amount(cost)}`;
}
