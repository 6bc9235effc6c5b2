import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { didYouMean, editDistance } from "./did-you-mean.ts";

const PULLED = ["llama3.2:3b", "llama3.2:latest", "qwen3:8b", "nomic-embed-text:latest", "hf.co/me/Mistral-7B:Q4_K_M"];

describe("didYouMean", () => {
  it.each([
    ["llama3.2", ["llama3.2:3b", "llama3.2:latest"]],
    ["llama3.2:1b", ["llama3.2:3b", "llama3.2:latest"]],
    ["lama3.2", ["llama3.2:3b", "llama3.2:latest"]],
    ["Qwen3", ["qwen3:8b"]],
    ["qwen2.5:8b", ["qwen3:8b"]],
    ["hf.co/me/mistral-7b", ["hf.co/me/Mistral-7B:Q4_K_M"]],
    ["something-else-entirely", []],
  ])("suggests for %s: %j", (wanted, names) => {
    expect(didYouMean(wanted, PULLED)).toEqual(names);
  });

  it("suggests at most three", () => {
    expect(didYouMean("a:x", ["a:1", "a:2", "a:3", "a:4"])).toEqual(["a:1", "a:2", "a:3"]);
  });
});

describe("editDistance", () => {
  it.each([
    ["", "", 0],
    ["abc", "", 3],
    ["kitten", "sitting", 3],
    ["猫", "犬", 1],
  ])("of %j and %j is %i", (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it("is a metric: symmetric, 0 for equals alone, and no detour is shorter", () => {
    const word = fc.string({ maxLength: 6 });
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
    );
  });
});
