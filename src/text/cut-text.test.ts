import { assert, integer, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { cutText, graphemeEnd } from "./cut-text.ts";

const FAMILY = "👩\u200d👩\u200d👧";

describe("cutText", () => {
  it.each([
    ["kelp", 10, "kelp"],
    ["kelp", 2, "ke"],
    [`a${FAMILY}b`, 5, "a"],
    [`a${FAMILY}b`, 9, `a${FAMILY}`],
    ["e\u0301e\u0301", 3, "e\u0301"],
    ["🇯🇵🇩🇪", 6, "🇯🇵"],
    ["𠮷", 1, ""],
    ["kelp", 0, ""],
  ])("cuts %j at %i to %j", (text, maxLength, cut) => {
    expect(cutText(text, maxLength)).toBe(cut);
  });

  it("cuts a character that never ends between two code points", () => {
    const endless = `a${"\u0301".repeat(2_000)}`;
    expect(cutText(endless, 1_000)).toHaveLength(1_000);
    expect(cutText(`𠮷${"\u{1f3fb}".repeat(2_000)}`, 999).isWellFormed()).toBe(true);
  });

  it("looks at the text around the cut only", () => {
    const segmented: number[] = [];
    const segment = Intl.Segmenter.prototype.segment;
    Intl.Segmenter.prototype.segment = function (this: Intl.Segmenter, text: string) {
      segmented.push(text.length);
      return segment.call(this, text);
    };
    try {
      expect(cutText("é".repeat(1_000_000), 500_000)).toHaveLength(500_000);
      expect(cutText(FAMILY.repeat(100_000), 400_001)).toHaveLength(400_000);
    } finally {
      Intl.Segmenter.prototype.segment = segment;
    }
    expect(Math.max(0, ...segmented)).toBeLessThanOrEqual(600);
  });

  it("is never longer than asked, a beginning of the text, and well-formed", () => {
    assert(
      property(string({ unit: "grapheme", maxLength: 60 }), integer({ min: 0, max: 60 }), (text, maxLength) => {
        const cut = cutText(text, maxLength);
        expect(cut.length).toBeLessThanOrEqual(maxLength);
        expect(text.startsWith(cut)).toBe(true);
        expect(cut.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe("graphemeEnd", () => {
  it("goes on by one code point at least", () => {
    assert(
      property(string({ unit: "grapheme", minLength: 1, maxLength: 30 }), integer({ min: 0, max: 30 }), (text, at) => {
        for (let from = 0; from < text.length;) {
          const end = graphemeEnd(text, Math.min(text.length, from + Math.max(1, at)), from);
          expect(end).toBeGreaterThan(from);
          from = end;
        }
      }),
    );
  });
});
