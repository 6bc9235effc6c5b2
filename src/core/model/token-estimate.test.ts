import { describe, expect, it } from "vitest";
import { TokenEstimator, estimateTokens, tokenCounter } from "./token-estimate.ts";

describe("estimateTokens", () => {
  it.each([
    ["", 0],
    ["word", 1],
    ["two words", 3],
    ["naïve café", 3],
    ["日本語", 3],
    ["日本語 text", 5],
  ])("%j is about %i", (text, tokens) => {
    expect(estimateTokens(text)).toBe(tokens);
  });
});

describe("tokenCounter", () => {
  it("counts by a model that is an object of a class", () => {
    class Words {
      readonly separator = " ";
      countTokens(text: string): number {
        return text.split(this.separator).length;
      }
    }
    expect(tokenCounter(new Words())("three short words")).toBe(3);
  });

  it("estimates for a model without a tokenizer", () => {
    expect(tokenCounter({})("two words")).toBe(3);
  });
});

describe("a token estimator", () => {
  it("knows the longest answer when the request limits it", () => {
    expect(new TokenEstimator().estimate({ prompt: "word".repeat(10), maxOutputTokens: 50 })).toEqual({
      known: 60,
      guessed: 0,
    });
  });

  it("guesses the answer from those it has seen", () => {
    const estimator = new TokenEstimator();
    expect(estimator.estimate({ prompt: "word", system: "word" })).toEqual({ known: 2, guessed: 500 });
    for (let n = 0; n < 50; n += 1) estimator.learn({ outputTokens: 100 });
    estimator.learn({});
    expect(estimator.estimate({ prompt: "word" })).toEqual({ known: 1, guessed: 101 });
  });

  const prompt = "word".repeat(1_000);
  const answered = (estimator: TokenEstimator, times: number, inputTokens: number): number => {
    for (let n = 0; n < times; n += 1) estimator.learn({ inputTokens }, { prompt });
    return estimator.count("word".repeat(100));
  };

  it.each([
    ["counts fewer tokens than estimated", 500, 100],
    ["counts as many", 1_000, 100],
    ["counts a little more", 1_040, 100],
    ["counts a fifth more", 1_200, 125],
    ["counts nearly twice as many", 1_900, 200],
    ["counts five times as many", 5_000, 300],
  ])("corrects its estimates in steps for a model that %s", (_model, inputTokens, tokens) => {
    expect(answered(new TokenEstimator(), 50, inputTokens)).toBe(tokens);
  });

  it("takes one odd text for less than it is, and forgets it", () => {
    const estimator = new TokenEstimator();
    expect(answered(estimator, 1, 1_900)).toBe(125);
    expect(answered(estimator, 10, 1_000)).toBe(100);
  });

  it("learns nothing from short requests, and from answers that do not say", () => {
    const estimator = new TokenEstimator();
    for (let n = 0; n < 50; n += 1) estimator.learn({ inputTokens: 90 }, { prompt: "word" });
    for (let n = 0; n < 50; n += 1) estimator.learn({}, { prompt });
    expect(estimator.count("word")).toBe(1);
  });
});
