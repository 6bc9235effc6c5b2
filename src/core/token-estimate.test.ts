import { describe, expect, it } from "vitest";
import { TokenEstimator, estimateTokens } from "./token-estimate.ts";

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
});
