import { assert, integer, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { cutTo } from "./cut.ts";

describe("cutTo", () => {
  it.each([
    ["Short enough", 40, "Short enough"],
    ["Exactly twenty chars", 20, "Exactly twenty chars"],
    ["Git SSH authentication failure with GitHub", 40, "Git SSH authentication failure…"],
    ["A list of words, and more of them", 20, "A list of words…"],
    ["仕様駆動開発とコンテキストエンジニアリング", 12, "仕様駆動開発とコンテキ…"],
    ["Donaudampfschifffahrtsgesellschaft", 10, "Donaudamp…"],
    ["  space around  ", 40, "space around"],
  ])("shortens %j to %d: %j", (text, max, cut) => {
    expect(cutTo(text, max)).toBe(cut);
  });

  it("breaks no emoji and no accented letter", () => {
    expect(cutTo("👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 30)).toBe("👨‍👩‍👧‍👦👨‍👩‍👧‍👦…");
    expect(cutTo("e\u0301".repeat(10), 6)).toBe("e\u0301e\u0301…");
  });

  it("is never longer than asked, and always well-formed", () => {
    assert(
      property(string({ unit: "binary" }), integer({ min: 2, max: 60 }), (text, max) => {
        const cut = cutTo(text, max);
        expect(cut.length).toBeLessThanOrEqual(max);
        expect(cut.isWellFormed()).toBe(true);
      }),
    );
  });
});
