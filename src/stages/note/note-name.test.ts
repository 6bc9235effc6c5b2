import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { noteName } from "./note-name.ts";
import { runs } from "../../../test/runs.ts";

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

describe("noteName", () => {
  test.each([
    ["Kelp and rock", "Kelp and rock.md"],
    ["日本語のタイトル：海藻の根", "日本語のタイトル：海藻の根.md"],
    ["  two   spaces \t and a tab\n", "two spaces and a tab.md"],
    ["src/core/index.ts", "src-core-index.ts.md"],
    ["TCP/IP at 12:30", "TCP-IP at 12-30.md"],
    ["Re: what is C#? [draft] *now*", "Re what is C draft now.md"],
    ['a <b> "c" | d ^ e', "a b c d e.md"],
    ["../../etc/passwd", "etc-passwd.md"],
    [".hidden", "hidden.md"],
    ["dots at the end...", "dots at the end.md"],
    ["version 1.2.3", "version 1.2.3.md"],
    ["cafe\u0301", "caf\u00e9.md"],
    ["bell\u0007 and nul\u0000", "bell and nul.md"],
    ["gpj.\u202etxt", "gpj.txt.md"],
    ["half \ud83c character", "half character.md"],
    ["👩‍👩‍👧 family 🇯🇵", "👩‍👩‍👧 family 🇯🇵.md"],
    ["سلام دنیا", "سلام دنیا.md"],
    ["می\u200cخواهم", "می\u200cخواهم.md"],
  ])("turns %j into %j", (title, name) => {
    expect(noteName(title)).toBe(name);
  });

  test.each(["", " ", "...", "???", "\u0000", "\ufeff", "\ud800", " . / . "])(
    "calls a note untitled whose title is %j",
    (title) => {
      expect(noteName(title)).toBe("untitled.md");
    },
  );

  test.each(["CON", "con", "Prn", "aux", "NUL", "COM1", "lpt9", "COM¹", "CONIN$", "con.txt", "nul .x"])(
    "keeps away from the Windows device %s",
    (title) => {
      expect(noteName(title)).toBe(`_${title}.md`);
    },
  );

  test.each(["console", "CON man", "COM10", "auxiliary", "nullable.ts"])(
    "leaves %s alone, which is no device",
    (title) => {
      expect(noteName(title)).toBe(`${title}.md`);
    },
  );

  test("puts the suffix behind the title", () => {
    expect(noteName("Kelp", { suffix: "1a2b3c" })).toBe("Kelp (1a2b3c).md");
    expect(noteName("", { suffix: "1a2b3c" })).toBe("untitled (1a2b3c).md");
  });

  test("uses all 255 bytes of a long title", () => {
    expect(noteName("x".repeat(300))).toBe(`${"x".repeat(252)}.md`);
    expect(noteName("海".repeat(300))).toBe(`${"海".repeat(84)}.md`);
    expect(noteName("x".repeat(300), { suffix: "1a2b3c" })).toBe(`${"x".repeat(243)} (1a2b3c).md`);
  });

  test("cuts between characters as people see them", () => {
    const family = "👩‍👩‍👧‍👦";
    expect(noteName(family.repeat(20))).toBe(`${family.repeat(10)}.md`);
  });

  test("cuts inside a character only when it alone is too long", () => {
    const name = noteName(`z${"\u0335".repeat(300)}`);
    expect(name).toBe(`z${"\u0335".repeat(125)}.md`);
  });

  test("cuts a long title in a moment", () => {
    expect(noteName("漢字 ".repeat(200_000))).toHaveLength(`${"漢字 ".repeat(36)}.md`.length - 1);
  });
});

describe("noteName, for any title,", () => {
  const anyTitle = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: "grapheme", maxLength: 400 }),
    fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 300 }).map((units) => String.fromCharCode(...units)),
    fc
      .array(
        fc.constantFrom(
          "CON",
          ".",
          " ",
          "/",
          ":",
          "\u0301",
          "👩‍👩‍👧",
          "ح",
          "\u202e",
          "\ud800",
          "\udc00",
          "か\u3099",
          "#",
          "a",
        ),
        { maxLength: 400 },
      )
      .map((parts) => parts.join("")),
  );
  const anySuffix = fc.option(fc.constantFrom("0123ab", "0123456789ab"), { nil: undefined });
  const forAnyName = (law: (name: string) => void): void =>
    fc.assert(
      fc.property(anyTitle, anySuffix, (title, suffix) => {
        law(noteName(title, suffix === undefined ? {} : { suffix }));
      }),
      { numRuns: runs(1000) },
    );

  test("fits into 255 bytes", () => {
    forAnyName((name) => expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255));
  });

  test("holds nothing that a file system or Obsidian refuses", () => {
    forAnyName((name) => {
      expect(name).not.toMatch(/[<>:"/\\|?*[\]#^\p{Cc}\p{Surrogate}]/u);
      expect(name).not.toMatch(/^[\s.]|[\s.]\.md$/u);
      expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)\s*\./i);
      expect(name.normalize("NFC")).toBe(name);
      expect(name.length).toBeGreaterThan(".md".length);
      expect(name.endsWith(".md")).toBe(true);
    });
  });

  test("is the same again, also when it is made from itself", () => {
    fc.assert(
      fc.property(anyTitle, (title) => {
        const name = noteName(title);
        expect(noteName(title)).toBe(name);
        expect(noteName(name.slice(0, -".md".length))).toBe(name);
      }),
      { numRuns: runs(1000) },
    );
  });

  test("ends where a character ends", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("👩‍👩‍👧", "🇯🇵", "が", "e\u0301\u0302", "क्षि", "a"), { minLength: 1, maxLength: 200 }),
        (parts) => {
          const whole = [...graphemes.segment(parts.join("").normalize("NFC"))].map(({ segment }) => segment);
          const kept = [...graphemes.segment(noteName(parts.join("")).slice(0, -".md".length))].map(
            ({ segment }) => segment,
          );
          expect(kept).toEqual(whole.slice(0, kept.length));
        },
      ),
    );
  });
});
