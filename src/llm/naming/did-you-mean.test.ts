import { describe, expect, it } from "vitest";

import { didYouMean } from "./did-you-mean.ts";

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
