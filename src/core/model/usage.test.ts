import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assertPrices, costOf } from "./price-table.ts";
import { NO_USAGE, sumUsage, usageOfCall } from "./usage.ts";

const price = { inputPerMillion: 2, outputPerMillion: 10 };

describe("costOf", () => {
  it.each([
    ["tokens at their price", { inputTokens: 1_000_000, outputTokens: 100_000 }, price, { cost: 3, isWhole: true }],
    ["unknown input tokens", { outputTokens: 100_000 }, price, { cost: 1, isWhole: false }],
    ["no price", { inputTokens: 5, outputTokens: 5 }, undefined, { cost: 0, isWhole: false }],
    [
      "a model that is said to cost nothing",
      {},
      { inputPerMillion: 0, outputPerMillion: 0 },
      { cost: 0, isWhole: true },
    ],
  ])("knows %s", (_, tokens, at, cost) => {
    expect(costOf(tokens, at)).toEqual(cost);
  });
});

describe("assertPrices", () => {
  it.each([-1, Number.NaN, Infinity])("refuses a price of %d", (outputPerMillion) => {
    expect(() => assertPrices({ "openai:x": { inputPerMillion: 1, outputPerMillion } })).toThrow('of "openai:x"');
  });
});

describe("usage", () => {
  it("counts a call that does not say its tokens apart, and never as 0", () => {
    expect(usageOfCall({ outputTokens: 7 }, price)).toMatchObject({
      calls: 1,
      outputTokens: 7,
      callsOfUnknownTokens: 1,
      callsOfUnknownCost: 1,
    });
  });

  it("adds up, whatever the order", () => {
    const tokens = fc.record({ inputTokens: fc.nat(), outputTokens: fc.nat() }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.array(tokens), (calls) => {
        const usages = calls.map((call) => usageOfCall(call, undefined));
        const sum = sumUsage(usages);
        expect(sumUsage(usages.toReversed())).toEqual(sum);
        expect(sum.calls).toBe(calls.length);
        expect(sum.inputTokens).toBe(calls.reduce((total, { inputTokens = 0 }) => total + inputTokens, 0));
      }),
    );
  });

  it("of nothing is nothing", () => {
    expect(sumUsage([undefined])).toEqual(NO_USAGE);
  });
});
