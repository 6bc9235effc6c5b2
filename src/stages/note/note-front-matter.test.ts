import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { tidyTags } from "./front-matter/index.ts";
import type { Note } from "./note.ts";
import { frontMatter } from "./note-front-matter.ts";
import { runs } from "../../../test/runs.ts";

const note: Note = { title: "Kelp", body: "" };
const from = { sourceId: "claude:1" };

describe("front matter", () => {
  test("has its fields in one order, whatever order the note has", () => {
    const full: Note = {
      promptVersion: 3,
      engine: "extractive",
      model: "ollama:llama3.2",
      contentHash: "not this one",
      sourceUrl: "https://claude.ai/chat/1",
      sourceId: "not this one",
      source: "claude",
      updated: "2026-01-20T08:00:00.000Z",
      created: "2025-11-03",
      tags: ["kelp", "海藻"],
      summary: "What holds kelp: a root, and patience.",
      body: "",
      title: "海藻の根はなぜ強いか",
    };
    const text = frontMatter(full, {
      reviewReason: "too short",
      session: "20260119_143052",
      contentHash: "ab12",
      sourceId: "claude:1",
    });
    expect(text).toBe(`title: 海藻の根はなぜ強いか
created: 2025-11-03
updated: 2026-01-20T08:00:00.000Z
tags:
  - kelp
  - 海藻
summary: "What holds kelp: a root, and patience."
source: claude
source_id: claude:1
source_url: https://claude.ai/chat/1
content_hash: ab12
model: ollama:llama3.2
engine: extractive
prompt_version: 3
session: "20260119_143052"
review_reason: too short
`);
  });

  test("leaves out what is absent, and empty lists", () => {
    expect(frontMatter({ ...note, tags: [" ", "#"] }, from)).toBe("title: Kelp\nsource_id: claude:1\n");
  });

  test.each([
    "yes",
    "no",
    "null",
    "~",
    "42",
    "1e3",
    "0x1F",
    "12:30",
    "2025-11-03",
    "20260119_143052",
    "true",
    "<<",
    "",
  ])("quotes the title %j, which some YAML reader would misread", (title) => {
    expect(frontMatter({ ...note, title }, from)).toContain(`title: "${title}"\n`);
  });

  test("leaves dates bare, and quotes what only stands where a date should", () => {
    const text = frontMatter({ ...note, created: "2025-11-03T09:00:00+09:00", updated: "42" }, from);
    expect(text).toContain('created: 2025-11-03T09:00:00+09:00\nupdated: "42"\n');
  });

  test("keeps a long line, and one with line breaks, on one line", () => {
    const summary = "海藻の根は岩をつかむ。 ".repeat(40);
    expect(frontMatter({ ...note, summary: `${summary}end` }, from)).toContain(`summary: ${summary}end\n`);
    expect(frontMatter({ ...note, summary: `one\n---\n${summary}` }, from).split("\n")).toHaveLength(4);
  });

  test("writes tags without # and spaces, and none twice", () => {
    const tags = ["#kelp", " holdfast ", "sea weed", "kelp", "海　藻"];
    expect(parse(frontMatter({ ...note, tags }, from))).toMatchObject({
      tags: ["kelp", "holdfast", "sea-weed", "海-藻"],
    });
  });

  test("holds no character that YAML does not allow", () => {
    const forbidden = "\u0000\u001b\u007f\u0085\u009f\u2028\u2029\ufeff\ufffe\uffff";
    const title = `a${forbidden}\\z`;
    const text = frontMatter({ ...note, title }, from);
    for (const char of forbidden) expect(text).not.toContain(char);
    expect(parse(text)).toMatchObject({ title });
  });

  test("puts U+FFFD in place of half characters", () => {
    expect(parse(frontMatter({ ...note, title: "\ud83c half", tags: ["\udf3f"] }, from))).toMatchObject({
      title: "\ufffd half",
      tags: ["\ufffd"],
    });
  });

  test("reads back as it was, for any strings", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: "grapheme", maxLength: 200 }),
      fc
        .array(
          fc.constantFrom(
            "\n",
            "\r",
            "\t",
            " ",
            ":",
            "#",
            "-",
            "---",
            '"',
            "'",
            "\\",
            "{",
            "]",
            "&",
            "*",
            "!",
            "|",
            ">",
            "%",
            "@",
            "`",
            "?",
            "~",
            "yes",
            "1",
            "\u2028",
            "あ",
          ),
          { maxLength: 12 },
        )
        .map((parts) => parts.join("")),
    );
    const tag = text.filter((value) => value !== "" && tidyTags([value])[0] === value);
    const anyNote = fc.record(
      {
        title: text,
        body: fc.constant(""),
        created: text,
        updated: text,
        tags: fc.uniqueArray(tag, { minLength: 1, maxLength: 4 }),
        summary: text,
        source: text,
        sourceUrl: text,
        model: text,
        engine: text,
        promptVersion: fc.nat(),
      },
      { requiredKeys: ["title", "body"] },
    );
    const anyProvenance = fc.record(
      { sourceId: text, contentHash: text, session: text, reviewReason: text },
      { requiredKeys: ["sourceId"] },
    );
    fc.assert(
      fc.property(anyNote, anyProvenance, (note, from) => {
        const expected = {
          title: note.title,
          created: note.created,
          updated: note.updated,
          tags: note.tags,
          summary: note.summary,
          source: note.source,
          source_id: from.sourceId,
          source_url: note.sourceUrl,
          content_hash: from.contentHash,
          model: note.model,
          engine: note.engine,
          prompt_version: note.promptVersion,
          session: from.session,
          review_reason: from.reviewReason,
        };
        const text = frontMatter(note, from);
        expect(parse(text)).toEqual(JSON.parse(JSON.stringify(expected)));
        expect(text.split("\n")).not.toContain("---");
      }),
      { numRuns: runs(1000) },
    );
  });
});
