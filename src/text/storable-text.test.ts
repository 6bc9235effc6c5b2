import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../test/runs.ts";
import { encodableText, originalText, storableText } from "./storable-text.ts";

/** Texts of UTF-16 units, with those often in them that need a box or look like one. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("\0", "\ud800", "\udc00", "\u001a", '\u001a"', '"', "\\", "\\u0000", "\u001a{}"),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

describe("a text in its storable form", () => {
  it.each([
    ["plain", "Kelp grips rock.", "Kelp grips rock."],
    ["empty", "", ""],
    ["with control characters", "a\u001b[31m\r\n", "a\u001b[31m\r\n"],
    ["with NUL", "a\0b", '\u001a"a\\u0000b"'],
    ["with half a character", "\ud800x", '\u001a"\\ud800x"'],
    ["that looks like a box", '\u001a"a"', '\u001a"\\u001a\\"a\\""'],
  ])("is, %s, what is expected", (_what, text, stored) => {
    expect(storableText(text)).toBe(stored);
    expect(originalText(stored)).toBe(text);
  });

  it("is taken by any database, comes back as it was, and is no other text's", () => {
    fc.assert(
      fc.property(anyText, anyText, (text, other) => {
        const stored = storableText(text);
        expect(stored.isWellFormed()).toBe(true);
        expect(stored).not.toContain("\0");
        expect(originalText(stored)).toBe(text);
        expect(encodableText(text).isWellFormed()).toBe(true);
        expect(originalText(encodableText(text))).toBe(text);
        if (text !== other) expect(storableText(other)).not.toBe(stored);
      }),
      { numRuns: runs(1000) },
    );
  });

  it.each(["\u001a", "\u001a{", "\u001a7", "\u001a[]"])(
    "%j, which no box was written as, is read as it is",
    (stored) => {
      expect(originalText(stored)).toBe(stored);
    },
  );
});
