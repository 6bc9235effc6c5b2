import { describe, expect, it } from "vitest";
import { drawingOptions } from "./drawing-options.ts";
import { createGguf } from "./index.ts";

describe("the options of a model in this process", () => {
  it("are the library's, in its form", () => {
    expect(drawingOptions({ topK: 40, seed: 7, repeatPenalty: 1.1 })).toEqual({
      topK: 40,
      seed: 7,
      repeatPenalty: { penalty: 1.1 },
    });
  });

  it.each([
    [{ reasoning_effort: "low" }, 'got reasoning_effort: "low"'],
    [{ topK: "40" }, 'got topK: "40"'],
    [{ constructor: 1 }, "got constructor: 1"],
  ])("are refused before anything is begun where they are none: %j", (providerOptions, message) => {
    expect(() => createGguf({ file: "m.gguf", providerOptions })).toThrow(
      expect.objectContaining({ code: "usage", message: expect.stringContaining(message) }),
    );
    expect(() => drawingOptions(providerOptions)).toThrow(expect.objectContaining({ kind: "missing_model" }));
  });
});
