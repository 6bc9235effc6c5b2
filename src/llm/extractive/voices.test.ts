import { describe, expect, it } from "vitest";
import { readVoices } from "./voices.ts";

describe("readVoices", () => {
  it("hears nothing in lines that say what a tool did", () => {
    const text =
      "Before.\n\n[web_search: kelp]\n[web_search gave: Kelp; Rocks]\n[artifact updated: Plan]\n\nAfter [1]: see [kelp](https://a.b).";
    const [voice] = readVoices({ title: "", messages: [{ role: "assistant", text }] }).said;
    const heard = JSON.stringify(voice?.blocks);
    expect(heard).toContain("Before.");
    expect(heard).toContain("After [1]");
    expect(heard).not.toContain("web_search");
    expect(heard).not.toContain("artifact");
  });
});
