import type { Usage } from "../../core/model/index.ts";
import { countOf, formatCount } from "./report-text.ts";

/** The cost of a model's calls, in a line for people; none when there were no calls. */
export function usageLines(usage: Usage): readonly string[] {
  const { calls, inputTokens, outputTokens, callsOfUnknownTokens, cost, callsOfUnknownCost } = usage;
  if (calls === 0) return [];
  const tokens = `${formatCount(inputTokens)} tokens in, ${formatCount(outputTokens)} out`;
  const unknown = callsOfUnknownTokens === 0 ? "" : ` (${countOf(callsOfUnknownTokens, "call")} did not report them)`;
  return [`  model: ${countOf(calls, "call")}, ${tokens}${unknown}, ${costText({ calls, cost, callsOfUnknownCost })}`];
}

function costText({ calls, cost, callsOfUnknownCost }: Pick<Usage, "calls" | "cost" | "callsOfUnknownCost">): string {
  const amount = cost.toLocaleString("en-US", { maximumSignificantDigits: 4 });
  if (callsOfUnknownCost === 0) return `cost ${amount}`;
  return callsOfUnknownCost === calls && cost === 0 ? "cost unknown" : `cost at least ${amount}`;
}
