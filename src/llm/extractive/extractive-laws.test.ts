import { array, assert, asyncProperty, constantFrom, oneof, record, string, tuple, type Arbitrary } from "fast-check";
import { describe, expect, it } from "vitest";
import type { Material } from "../../core/model/language-model.ts";
import { createExtractive } from "./extractive.ts";

const answer = async (material: Material): Promise<string> =>
  (await createExtractive().generate({ prompt: "ignored", material })).text;

const anyMaterial = record({
  title: string({ unit: "binary" }),
  messages: array(
    record({
      role: constantFrom("user", "assistant", "system", "tool", "artifact", "x"),
      text: oneof(string({ unit: "binary", maxLength: 200 }), chatLike()),
    }),
    { maxLength: 6 },
  ),
});

describe("the extractive engine, whatever the chat,", () => {
  it("is the same each time, and never fails", async () => {
    await assert(
      asyncProperty(anyMaterial, async (material) => {
        expect(await answer(material)).toBe(await answer(material));
      }),
    );
  });

  it("has a title of at most 120 graphemes, a summary of at most 200 characters and content that is no shorter", async () => {
    const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
    await assert(
      asyncProperty(anyMaterial, async (material) => {
        const note = await answer(material);
        if (note === "") return;
        expect(note.isWellFormed()).toBe(true);
        const title = /^# (.*)\n/.exec(note)?.[1] ?? "";
        expect([...graphemes.segment(title)].length).toBeLessThanOrEqual(120);
        const [summary, content] = [/^## (?:Summary|要約)\n\n(.*)$/m, /^## (?:Content|内容)\n\n([^]*)$/m].map(
          (pattern) => pattern.exec(note)?.[1] ?? "",
        );
        expect(summary?.length).toBeGreaterThan(0);
        expect(summary?.length).toBeLessThanOrEqual(200);
        expect(content?.trim().length).toBeGreaterThanOrEqual(summary?.length ?? 0);
      }),
    );
  });

  it("has at most five tags, in lower case, without spaces and signs, never only digits", async () => {
    await assert(
      asyncProperty(anyMaterial, async (material) => {
        const tags = /^## (?:Tags|タグ)\n\n(.*)$/m.exec(headOf(await answer(material)))?.[1]?.split(", ") ?? [];
        expect(tags.length).toBeLessThanOrEqual(5);
        expect(new Set(tags).size).toBe(tags.length);
        for (const tag of tags) {
          expect(tag).toMatch(/^[\p{L}\p{M}\p{N}_-]{2,}$/u);
          expect(tag).toMatch(/\p{L}/u);
          expect(tag).toBe(tag.toLowerCase());
        }
      }),
    );
  });

  // Work that grows with the square of the text would run into the time limit of the test.
  it.each([
    "[",
    "(a",
    "**",
    "`",
    "- a\n",
    "a.",
    "a@",
    "/a",
    "漢字",
    "- ",
    "\\\n",
    "$ x\n",
    "<a",
    "http://a.b/(",
    "e.g. ",
    "|a|\n",
  ])(
    "comes to an end on 100,000 characters of %j",
    async (piece) => {
      const text = piece.repeat(100_000 / piece.length);
      const note = await answer({ title: "", messages: [{ role: "user", text }] });
      expect(note.length).toBeLessThan(text.length + 1_000);
    },
    10_000,
  );
});

/** A note up to its content, which may hold anything. */
const headOf = (note: string): string => note.slice(0, note.search(/^## (?:Content|内容)$/m));

/** Text made of the pieces that chats are made of, in any order. */
function chatLike(): Arbitrary<string> {
  const piece = constantFrom(
    "How do I build it?",
    "We decided to use Redis.",
    "# Heading",
    "- item one",
    "1. step",
    "```bash\nnpm ci\n```",
    "```",
    "````md\n```js\nx\n```\n````",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "> quoted",
    "$ ls -la",
    "**Label**",
    "**",
    "`",
    "https://a.b/c",
    "[x](https://d.e)",
    "結論：採用する。",
    "これは何ですか？",
    "データベースの接続を確認します。",
    "👨‍👩‍👧‍👦👨‍👩‍👧‍👦",
    "C++ and C# and .NET 8",
    "e.g. this. Or that.",
    "---",
    "## Summary",
    "## Tags\n\na b",
    "Zürich liegt am See.",
  );
  return array(
    tuple(piece, constantFrom("\n", "\n\n", " ")).map((parts) => parts.join("")),
    { maxLength: 12 },
  ).map((parts) => parts.join(""));
}
