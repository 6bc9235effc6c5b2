import { describe, expect, it } from "vitest";
import { NO_USAGE, type Usage } from "../../core/model/index.ts";
import { usageLines } from "./usage-lines.ts";

const usage: Usage = { ...NO_USAGE, calls: 2, inputTokens: 1200, outputTokens: 300, cost: 0.25 };

describe("the line on what calls have used", () => {
  it.each<readonly [string, Partial<Usage>, string]>([
    ["all that is known", {}, "  model: 2 calls, 1,200 tokens in, 300 out, cost 0.25"],
    [
      "parts of other prices",
      { cachedInputTokens: 1000, reasoningTokens: 20 },
      "  model: 2 calls, 1,200 tokens in (1,000 cached), 300 out (20 thinking), cost 0.25",
    ],
    [
      "what was not reported",
      { callsOfUnknownTokens: 1, callsOfUnknownCost: 1 },
      "  model: 2 calls, 1,200 tokens in, 300 out (1 call did not report them), cost at least 0.25",
    ],
    [
      "what that probably was",
      { callsOfUnknownTokens: 1, estimatedTokens: 700, callsOfUnknownCost: 1, estimatedCost: 0.01 },
      "  model: 2 calls, 1,200 tokens in, 300 out (1 call did not report them: about 700 more), cost 0.25, and about 0.01 more",
    ],
    ["no price", { cost: 0, callsOfUnknownCost: 2 }, "  model: 2 calls, 1,200 tokens in, 300 out, cost unknown"],
  ])("says %s", (_, more, line) => {
    expect(usageLines({ ...usage, ...more })).toEqual([line]);
  });

  it("is not there without calls", () => {
    expect(usageLines(NO_USAGE)).toEqual([]);
  });
});
