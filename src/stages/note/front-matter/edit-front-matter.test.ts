import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { editFrontMatter } from "./edit-front-matter.ts";
import { splitNote } from "./split-note.ts";
import { runs } from "../../../../test/runs.ts";

const BODY = "\n# Kelp\n\n---\n\nText  with two spaces  \n\ttab";

describe("a file with front matter", () => {
  const text = `---
# mine
title: "Kelp: why"   # quoted
tags: [a,  b] # flow
x:   {n: 1,m: [2,3]}
# about the text
long: |
  one

  two
aliases:
  - Seaweed # old
  - 海藻
---
${BODY}`;

  test("keeps everything but the key that changes, comments and spaces included", () => {
    expect(editFrontMatter(text, { title: "Kelp" })).toBe(text.replace('"Kelp: why"', "Kelp"));
    expect(editFrontMatter(text, { tags: ["a", "c d"] })).toBe(
      text.replace("tags: [a,  b] # flow", "tags:\n  - a\n  - c d # flow"),
    );
    expect(editFrontMatter(text, { aliases: ["Wrack"] })).toBe(
      text.replace("  - Seaweed # old\n  - 海藻\n", "  - Wrack\n"),
    );
    expect(editFrontMatter(text, { long: "short" })).toBe(text.replace("long: |\n  one\n\n  two\n", "long: short\n"));
  });

  test("gets new keys at its end", () => {
    expect(editFrontMatter(text, { genre: "science", normalized: true })).toBe(
      text.replace("  - 海藻\n", "  - 海藻\ngenre: science\nnormalized: true\n"),
    );
  });

  test("loses a key with its whole line", () => {
    expect(editFrontMatter(text, { tags: undefined })).toBe(text.replace("tags: [a,  b] # flow\n", ""));
    expect(editFrontMatter(text, { aliases: undefined, long: undefined, no: undefined })).toBe(
      text.replace("long: |\n  one\n\n  two\n", "").replace("aliases:\n  - Seaweed # old\n  - 海藻\n", ""),
    );
  });

  test("keeps its line ends and its byte order mark", () => {
    const windows = `\ufeff---\r\ntitle: Kelp\r\ntags: a\r\n---\r\nText\r\nmore\n`;
    expect(editFrontMatter(windows, { tags: ["a"], genre: "science" })).toBe(
      `\ufeff---\r\ntitle: Kelp\r\ntags:\r\n  - a\r\ngenre: science\r\n---\r\nText\r\nmore\n`,
    );
  });

  test.each([
    ["an empty value", "---\ngenre:\nx: 1\n---\n", "---\ngenre: science\nx: 1\n---\n"],
    ["an empty value with a comment", "---\ngenre: # which?\nx: 1\n---\n", "---\ngenre: science # which?\nx: 1\n---\n"],
    ["a null", "---\ngenre: ~\n---\n", "---\ngenre: science\n---\n"],
    ["nothing in it", "---\n---\ntext", "---\ngenre: science\n---\ntext"],
    ["only comments", "---\n# mine\n---\ntext", "---\n# mine\ngenre: science\n---\ntext"],
    ["indented keys", "---\n  x: 1\n---\n", "---\n  x: 1\n  genre: science\n---\n"],
    ["a file that ends with it", "---\nx: 1\n---", "---\nx: 1\ngenre: science\n---"],
    ["an anchor elsewhere", "---\na: &a 1\nb: *a\n---\n", "---\na: &a 1\nb: *a\ngenre: science\n---\n"],
  ])("may have %s", (_, before, after) => {
    expect(editFrontMatter(before, { genre: "science" })).toBe(after);
  });

  test.each([
    ["a mapping in braces", "---\n{x: 1}\n---\n"],
    ["an anchor that another key needs", "---\ngenre: &g old\nb: *g\n---\n"],
    ["no keys", "---\nHello\n---\n"],
    ["a key twice", "---\na: 1\na: 2\n---\n"],
    ["no YAML", "---\na: [1\n---\n"],
    ["no end", "---\ntitle: Kelp\n\ntext"],
  ])("is left alone when it has %s", (_, text) => {
    expect(editFrontMatter(text, { genre: "science" })).toBeUndefined();
  });
});

describe("a file without front matter", () => {
  test.each([
    ["Text", "---\ngenre: science\n---\nText"],
    ["", "---\ngenre: science\n---\n"],
    ["\ufeffText\r\nmore", "\ufeff---\r\ngenre: science\r\n---\r\nText\r\nmore"],
    ["---\n\nA text that begins with a rule", "---\ngenre: science\n---\n---\n\nA text that begins with a rule"],
  ])("%j gets some", (before, after) => {
    expect(editFrontMatter(before, { genre: "science" })).toBe(after);
  });

  test("stays as it is when there is nothing to add", () => {
    expect(editFrontMatter("Text", { genre: undefined })).toBe("Text");
  });
});

test("other keys, their order and the body stay, for any front matter and any changes", () => {
  const key = fc.oneof(fc.constantFrom("title", "tags", "genre", "created", "海藻", "a b", "no", "1"), fc.string());
  const scalar = fc.oneof(fc.string({ unit: "grapheme" }), fc.integer(), fc.boolean(), fc.constant(null));
  const value = fc.oneof(
    scalar,
    fc.array(scalar, { maxLength: 3 }),
    fc.dictionary(fc.string(), scalar, { maxKeys: 2 }),
  );
  const values = fc.dictionary(key, value, { maxKeys: 6, noNullPrototype: true });
  const change = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.boolean(),
    fc.array(fc.string(), { minLength: 1, maxLength: 3 }),
  );
  const changes = fc.dictionary(key, fc.option(change, { nil: undefined }), { maxKeys: 4, noNullPrototype: true });
  const look = fc.record({
    lineWidth: fc.constantFrom(0, 20, 80),
    indent: fc.constantFrom(2, 4),
    indentSeq: fc.boolean(),
  });
  fc.assert(
    fc.property(
      values,
      changes,
      look,
      fc.constantFrom("\n", "\r\n"),
      fc.string({ unit: "binary" }),
      (before, change, look, eol, body) => {
        const yaml = Object.keys(before).length === 0 ? "" : stringify(before, look);
        const text = `---\n${yaml}---\n`.replaceAll("\n", eol) + body;
        const whole = splitNote(text);
        fc.pre(whole.state === "whole" && whole.body === body);
        const edited = editFrontMatter(text, change);
        if (edited === undefined) return;
        expect(splitNote(edited).body).toBe(body);
        const after: Record<string, unknown> = parse(splitNote(edited).yaml) ?? {};
        const kept = new Set(Object.keys(before).filter((name) => !(name in change)));
        expect(Object.keys(after).filter((name) => kept.has(name))).toEqual(
          Object.keys(parse(whole.yaml) ?? {}).filter((name) => kept.has(name)),
        );
        for (const [name, wanted] of Object.entries(change)) {
          if (wanted === undefined) expect(Object.hasOwn(after, name)).toBe(false);
          else expect(after[name]).toEqual(typeof wanted === "string" ? wanted.toWellFormed() : wanted);
        }
        expect(editFrontMatter(edited, change)).toBe(edited);
      },
    ),
    { numRuns: runs(300) },
  );
});
