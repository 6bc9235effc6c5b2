import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../../../test/runs.ts";
import { itemWord, readItemWord } from "./item-word.ts";

describe("an item's id in a command to paste", () => {
  it.each([
    ["claude:0f3c", "claude:0f3c"],
    ["two words", "'two words'"],
    ["$(touch x)", "'$(touch x)'"],
    ["it's", String.raw`'it'\''s'`],
    ["a\0b", String.raw`'"a\u0000b"'`],
    ["new\nline", String.raw`'"new\nline"'`],
    ["\u001b[31m", String.raw`'"\u001b[31m"'`],
    ["\u202egpj", `'"\u202egpj"'`],
    ["\ud800", String.raw`'"\ud800"'`],
    ['"quoted"', String.raw`'"\"quoted\""'`],
    ["-x", `'"-x"'`],
    ["", "''"],
  ])("%j is %s", (itemId, word) => {
    expect(itemWord(itemId)).toBe(word);
  });

  it("means that id to a shell and to the command, whatever it is", () => {
    const ids = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("\0", "\ud800", '"', "'", '"a"', "$(x)", "\\", "-x", "\u202e"),
    );
    fc.assert(
      fc.property(ids, (itemId) => {
        const word = itemWord(itemId).replaceAll("\u202e", String.raw`\u202e`);
        const passed = execFileSync("sh", ["-c", `printf %s ${word}`], { encoding: "utf8" });
        expect(readItemWord(passed)).toBe(itemId);
      }),
      { numRuns: runs(100) },
    );
  });
});
