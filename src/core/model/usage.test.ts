import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assertPrices, costOf, isPrice } from "./price-table.ts";
import { NO_USAGE, soundTokens, soundUsage, sumUsage, usageOfCall, type Usage } from "./usage.ts";

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

describe("the cost of a call with parts of other prices", () => {
  const parts = { inputPerMillion: 2, cachedInputPerMillion: 0.5, cacheWritePerMillion: 2.5, outputPerMillion: 10 };
  const million = 1_000_000;

  it.each([
    ["cached input at its price", { inputTokens: 2 * million, cachedInputTokens: million, outputTokens: 0 }, 2.5],
    [
      "input that is put into the cache at its price",
      { inputTokens: million, cacheWriteTokens: million, outputTokens: 0 },
      2.5,
    ],
    ["thinking as output", { inputTokens: 0, outputTokens: million, reasoningTokens: million }, 10],
    ["what the server says, whatever the tokens", { inputTokens: million, outputTokens: million, cost: 0.7 }, 0.7],
  ])("has %s", (_, usage, cost) => {
    expect(costOf(usage, parts)).toEqual({ cost, isWhole: true });
  });

  it("has cached input at the full price where the cached one is not known", () => {
    expect(costOf({ inputTokens: million, cachedInputTokens: million, outputTokens: 0 }, price).cost).toBe(2);
  });

  it("is known without a price where the server says it", () => {
    expect(costOf({ cost: 0.1 }, undefined)).toEqual({ cost: 0.1, isWhole: true });
  });
});

describe("isPrice", () => {
  it.each<readonly [unknown, boolean]>([
    [{ inputPerMillion: 1, outputPerMillion: 2 }, true],
    [{ inputPerMillion: 1, outputPerMillion: 2, cachedInputPerMillion: 0.1, cacheWritePerMillion: 1.25 }, true],
    [{ inputPerMillion: 1 }, false],
    [{ inputPerMillion: 1, outputPerMillion: 2, cachedPerMillion: 0.1 }, false],
    [{ inputPerMillion: 1, outputPerMillion: -2 }, false],
    [{ inputPerMillion: 1, outputPerMillion: "2" }, false],
    [null, false],
    ["1,2", false],
  ])("of %j is %j", (value, is) => {
    expect(isPrice(value)).toBe(is);
  });
});

describe("assertPrices", () => {
  it.each([-1, Number.NaN, Infinity])("refuses a price of %d", (outputPerMillion) => {
    expect(() => assertPrices({ "openai:x": { inputPerMillion: 1, outputPerMillion } })).toThrow('of "openai:x"');
  });
});

/** What servers, models and strangers have been seen to report, or might, in place of a count. */
const NO_COUNTS: readonly unknown[] = [-1, 12.5, NaN, Infinity, 1e300, 2 ** 53, "7", null, {}, [], true, undefined];

describe("tokens that somebody else has counted", () => {
  it("have parts that are no larger than what they are part of", () => {
    const said = { inputTokens: 10, cachedInputTokens: 11, outputTokens: 7, reasoningTokens: 7 };
    expect(soundTokens(said)).toEqual({ inputTokens: 10, outputTokens: 7, reasoningTokens: 7 });
  });

  it.each(NO_COUNTS)("are unknown where their number is %j", (count) => {
    expect(soundTokens({ inputTokens: count, outputTokens: 7 })).toEqual({ outputTokens: 7 });
    expect(soundTokens({ inputTokens: 7, outputTokens: count })).toEqual({ inputTokens: 7 });
  });

  it.each([undefined, null, 7, "7", []])("are unknown where there is no usage but %j", (usage) => {
    expect(soundTokens(usage)).toEqual({});
  });

  it("are what they were where they are whole numbers from 0", () => {
    expect(soundTokens({ inputTokens: 0, outputTokens: 123_456 })).toEqual({ inputTokens: 0, outputTokens: 123_456 });
  });
});

describe("a usage that somebody else has written", () => {
  const sound: Usage = {
    calls: 2,
    inputTokens: 30,
    cachedInputTokens: 20,
    outputTokens: 7,
    reasoningTokens: 5,
    callsOfUnknownTokens: 1,
    estimatedTokens: 12,
    cost: 0.25,
    callsOfUnknownCost: 0,
    estimatedCost: 0.5,
  };
  const unknownTokens = { callsOfUnknownTokens: 2 };
  const unknownCost = { callsOfUnknownCost: 2 };

  it("is what it was when it is one", () => {
    expect(soundUsage(sound)).toEqual(sound);
    expect(soundUsage(NO_USAGE)).toEqual(NO_USAGE);
  });

  it.each<[keyof Usage, Partial<Usage>]>([
    ["inputTokens", { inputTokens: 0, cachedInputTokens: 0, ...unknownTokens }],
    ["outputTokens", { outputTokens: 0, reasoningTokens: 0, ...unknownTokens }],
    ["cachedInputTokens", { cachedInputTokens: 0 }],
    ["reasoningTokens", { reasoningTokens: 0 }],
    ["estimatedTokens", { estimatedTokens: 0 }],
    ["callsOfUnknownTokens", unknownTokens],
    ["cost", { cost: 0, ...unknownCost }],
    ["callsOfUnknownCost", unknownCost],
    ["calls", { calls: 1 }],
  ])("has unknown %s where that is no number of its kind", (field, rest) => {
    for (const count of NO_COUNTS) {
      // Money has fractions.
      if (field === "cost" && typeof count === "number" && count >= 0 && Number.isFinite(count)) continue;
      expect(soundUsage({ ...sound, [field]: count })).toEqual({ ...sound, ...rest });
    }
  });

  it("has at least one call where something is unknown", () => {
    expect(soundUsage({ ...NO_USAGE, inputTokens: -1 })).toMatchObject({ calls: 1, callsOfUnknownTokens: 1 });
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
