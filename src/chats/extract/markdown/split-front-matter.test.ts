import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitFrontMatter } from "./split-front-matter.ts";

describe("splitting a Markdown file", () => {
  it.each<[string, string, object | undefined, string]>([
    ["front matter and body", "---\ntitle: Kelp\n---\n\nIt holds.\n", { title: "Kelp" }, "It holds.\n"],
    ["a body alone", "# Kelp\n", undefined, "# Kelp\n"],
    ["a byte order mark and CRLF", "\uFEFF---\r\ntitle: Kelp\r\n---\r\nIt holds.", { title: "Kelp" }, "It holds."],
    ["empty front matter", "---\n---\nIt holds.", {}, "It holds."],
    ["an end with dots", "---\ntitle: Kelp\n...\nIt holds.", { title: "Kelp" }, "It holds."],
    ["front matter alone", "---\ntitle: Kelp\n---", { title: "Kelp" }, ""],
    ["a line across the page", "---\n\nIt holds.", undefined, "---\n\nIt holds."],
    ["a field given twice", "---\na: 1\na: 2\n---\n", { a: 2 }, ""],
    ["a line across the page further down", "---\na: 1\n---\nOne\n\n---\n\nTwo", { a: 1 }, "One\n\n---\n\nTwo"],
    [
      "a date as it was written",
      "---\ndate: 2025-01-31 10:00:00 +0900\n---\n",
      { date: "2025-01-31 10:00:00 +0900" },
      "",
    ],
  ])("finds %s", (_name, text, fields, body) => {
    expect(splitFrontMatter(text)).toEqual({ ok: true, fields, body });
  });

  it.each([
    ["---\ntitle: [a\n---\nIt holds.", /not YAML/],
    ["---\njust text\n---\nIt holds.", /without fields/],
    ["---\n- a\n---\nIt holds.", /without fields/],
    [
      `---\na: &a [x,x,x,x,x,x,x,x,x]\n${[..."bcdefgh"].map((name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[i]}`).join(",")}]`).join("\n")}\n---\n`,
      /without fields/,
    ],
  ])("says what is wrong with %j", (text, says) => {
    expect(splitFrontMatter(text)).toMatchObject({ ok: false, reason: expect.stringMatching(says) });
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.string(), (text) => void splitFrontMatter(`---\n${text}\n---\n`)));
  });
});
