import { array, assert, constantFrom, integer, oneof, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { estimateTokens } from "../../../core/model/token-estimate.ts";
import { splitText } from "./split-text.ts";

const letters = (text: string): number => text.length;

describe("splitText", () => {
  it.each([
    ["what fits stays whole", "one two", 7, ["one two"]],
    ["between paragraphs first", "one\ntwo\n\nthree\nfour\n\nfive", 12, ["one\ntwo\n\n", "three\nfour\n\n", "five"]],
    ["neighbours stay together while they fit", "one\n\ntwo\n\nthree", 11, ["one\n\ntwo\n\n", "three"]],
    ["then between lines", "one\ntwo\nthree", 8, ["one\ntwo\n", "three"]],
    ["then between characters", "abcdefg", 3, ["abc", "def", "g"]],
    ["never within one", "a🌊b🌊", 2, ["a", "🌊", "b", "🌊"]],
    ["an empty text is one piece", "", 3, [""]],
  ])("%s", (_rule, text, budget, pieces) => {
    expect(splitText(text, budget, letters)).toEqual(pieces);
  });

  it("cuts any text into pieces that fit and that are the text again", () => {
    const line = oneof(
      string({ unit: "binary", maxLength: 60 }),
      constantFrom("", " ", "日本語の文", "word ".repeat(30)),
    );
    const text = array(line, { maxLength: 30 }).map((lines) => lines.join("\n"));
    assert(
      property(text, integer({ min: 2, max: 60 }), (whole, budget) => {
        const pieces = splitText(whole, budget, estimateTokens);
        expect(pieces.join("")).toBe(whole);
        for (const piece of pieces) expect(estimateTokens(piece)).toBeLessThanOrEqual(budget);
      }),
    );
  });

  it("cuts a line of a million characters in a moment", () => {
    const started = performance.now();
    expect(splitText("x".repeat(1_000_000), 1_000, estimateTokens)).toHaveLength(250);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
