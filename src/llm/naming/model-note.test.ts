import { describe, expect, it } from "vitest";
import { modelNote } from "./model-note.ts";

describe("modelNote", () => {
  it.each([
    [
      { madeForTokens: 131_072, usedTokens: 8192, gpuShare: 0 },
      "m: 131,072 tokens of context, 8,192 used; runs on the CPU: expect it to be slow",
    ],
    [{ madeForTokens: 4096, usedTokens: 4096, gpuShare: 1 }, "m: 4,096 tokens of context; runs on the GPU"],
    [
      { usedTokens: 4096, gpuShare: 0.424 },
      "m: 4,096 tokens of context; only 42% of it is on the GPU: a smaller model or context would be faster",
    ],
    [{ madeForTokens: 32_768 }, "m: 32,768 tokens of context"],
    [{}, "m: context length unknown"],
  ])("says %j as %j", (facts, line) => {
    expect(modelNote({ name: "m", ...facts })).toBe(line);
  });
});
