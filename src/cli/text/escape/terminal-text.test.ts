import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../../../test/runs.ts";
import { lineText, terminalText } from "./terminal-text.ts";

const code = (point: number): string => String.fromCharCode(point);

describe("what is printed", () => {
  it.each([
    ["plain text", "Kelp, 海藻, é and 👩‍🚀\n\tin lines", "Kelp, 海藻, é and 👩‍🚀\n\tin lines"],
    ["NUL", "a\0b", String.raw`a\u0000b`],
    ["ESC", "\u001b[2J", String.raw`\u001b[2J`],
    ["BEL", "\u001b]0;title\u0007", String.raw`\u001b]0;title\u0007`],
    ["backspace", "evil\b\b\b\bgood", String.raw`evil\u0008\u0008\u0008\u0008good`],
    ["a carriage return", "evil\rgood", String.raw`evil\u000dgood`],
    ["lines of Windows", "one\r\ntwo", "one\ntwo"],
    ["DEL", "\u007f", String.raw`\u007f`],
    ["C1, which is ESC [ in one character", "\u009b31m", String.raw`\u009b31m`],
    ["a bidi override", "\u202egpj.exe", String.raw`\u202egpj.exe`],
    ["a bidi isolate", "\u2066x\u2069", String.raw`\u2066x\u2069`],
    ["marks of direction", "\u200e\u200f\u061c", String.raw`\u200e\u200f\u061c`],
    ["separators of lines", "\u2028\u2029", String.raw`\u2028\u2029`],
    ["half a character", "\ud800x", String.raw`\ud800x`],
  ])("shows %s and obeys none of it", (_what, text, shown) => {
    expect(terminalText(text)).toBe(shown);
  });

  it("is one line where it is a name", () => {
    expect(lineText("new\nline\tand\u001b")).toBe(String.raw`new\nline\tand\u001b`);
  });

  it("holds nothing that a terminal obeys, whatever it is, and JSON says what it said", () => {
    const texts = fc.array(fc.integer({ min: 0, max: 0xffff }).map(code)).map((parts) => parts.join(""));
    fc.assert(
      fc.property(texts, (text) => {
        const shown = terminalText(text);
        // oxlint-disable-next-line no-control-regex
        expect(shown).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
        expect(shown.isWellFormed()).toBe(true);
        expect(terminalText(shown)).toBe(shown);
        expect(JSON.parse(terminalText(JSON.stringify({ [text]: text }, undefined, 2)))).toEqual({ [text]: text });
      }),
      { numRuns: runs(1000) },
    );
  });
});
