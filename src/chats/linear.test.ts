import { cpuUsage } from "node:process";
import { describe, expect, it } from "vitest";
import type { Material } from "../core/model/index.ts";
import { digest } from "../llm/extractive/digest.ts";
import { findLinks } from "../llm/extractive/links.ts";
import { readBlocks } from "../llm/extractive/markdown-blocks.ts";
import { headingText, plainText } from "../llm/extractive/plain-text.ts";
import { chooseTitle } from "../llm/extractive/title.ts";
import { readFrontMatter, splitNote, tidyTags } from "../stages/note/front-matter/index.ts";
import { noteName } from "../stages/note/index.ts";
import { closeFence, cutText, detectLanguage, likelyLanguage } from "../text/index.ts";
import { cleanMarks } from "./extract/chatgpt/citation-marks.ts";
import { takeInlineTags } from "./extract/claude/inline-tags.ts";
import { withoutPlaceholder } from "./extract/claude/placeholder.ts";
import { splitFrontMatter } from "./extract/markdown/split-front-matter.ts";
import { parseNote } from "./extract/notes/parse-note.ts";
import { parseAnswer } from "./transform/answer/index.ts";
import { readTags } from "./transform/answer/tags.ts";
import { findOmission } from "./transform/check-quality/omissions.ts";
import { parseClass } from "./transform/classify/parse-answer.ts";
import { headingsBelow } from "./transform/markdown-text/headings.ts";
import { splitText } from "./transform/split-chunks/split-text.ts";
import { findBlocks, markBlocks, renderTurn, restoreBlocks } from "./transform/transcript/index.ts";

const marked = markBlocks([{ heading: "User", text: "```js\nkelp()\n```" }]);

const material = (text: string): Material => ({
  title: "",
  messages: [
    { role: "user", text },
    { role: "assistant", text },
  ],
});

/** What reads text from outside. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  readBlocks,
  digest: (text) => digest(material(text)),
  chooseTitle: (text) => chooseTitle(text, [], 40),
  headingText,
  plainText,
  findLinks: (text) => findLinks([{ asks: true, blocks: [{ kind: "prose", text }] }]),
  detectLanguage,
  likelyLanguage,
  closeFence,
  cutText: (text) => cutText(text, text.length - 1),
  splitNote: (text) => splitNote(`---\n${text}\n---\n`),
  readFrontMatter: (text) => readFrontMatter(`---\n${text}\n---\n`),
  splitFrontMatter: (text) => splitFrontMatter(`---\n${text}\n---\n${text}`),
  tidyTags: (text) => tidyTags([text]),
  noteName,
  parseNote: (text) => parseNote(Buffer.from(text.replaceAll("\0", "")), "/nowhere/kelp.md"),
  parseAnswer: (text) => parseAnswer(text),
  "parseAnswer of sections": (text) =>
    parseAnswer(`## Summary\n\n${text}\n\n## Tags\n\n${text}\n\n## Content\n\n${text}`),
  "parseAnswer of JSON": (text) => parseAnswer(`{"summary": "${text}", "content": "${text}`),
  parseClass: (text) => parseClass(text, ["science"]),
  readTags,
  findOmission: (text) => findOmission(`${text}\n\`\`\`js\n${text}\n\`\`\``, { messages: [] }),
  findBlocks,
  markBlocks: (text) => markBlocks([{ heading: "User", text }]),
  restoreBlocks: (text) => restoreBlocks(text, marked),
  renderTurn: (text) => renderTurn({ heading: "User", text }),
  headingsBelow: (text) => headingsBelow(3, text),
  splitText: (text) => splitText(text, 100, (part) => part.length),
  cleanMarks: (text) => cleanMarks(text, {}),
  takeInlineTags,
  withoutPlaceholder: (text) => withoutPlaceholder(`This block is not supported on your current device yet.${text}`),
};

const row =
  (piece: string, { before = "", after = "" } = {}) =>
  (length: number): string =>
    `${before}${piece.repeat(Math.ceil(length / piece.length))}${after}`;

/** Texts that somebody could paste, or a model could write without end, by about how long they are. */
const TEXTS: Readonly<Record<string, (length: number) => string>> = {
  "a line in bold and spaces": row(" ", { before: "**bold**", after: "x" }),
  "a mark of an item, spaces and a line separator": row(" ", { before: "- ", after: "x\u2028y" }),
  "lower-case lines": row("and then the kelp came loose from its holdfast at sea\n"),
  "lines of one letter": row("a\n"),
  backticks: row("`"),
  "backticks and a word": row("`", { after: " x" }),
  "fences that open": row("```js\n"),
  "fences that open and close": row("```js\na\n```\n"),
  "markers in fences": row("```\n**code-1**\n"),
  "markers in a line": row("**code-1** "),
  "a marker behind spaces": row(" ", { after: "**code-1** x" }),
  "spaces within": row(" ", { before: "x", after: "y" }),
  "empty lines": row("\n", { before: "x", after: "y" }),
  "headings without a word": row("## Content\n"),
  "empty lines and headings": (length) =>
    `${row("\n", { before: "## Content\n" })(length / 2)}x${row("\n## Content")(length / 2)}`,
  "a long heading and items": (length) => `**${"#".repeat(length / 2)}x**\n\n${"- a b. C d.\n".repeat(length / 24)}`,
  "hash marks": row("#", { before: "a ", after: "x" }),
  dashes: row("-", { before: "a", after: "x" }),
  dots: row(".", { before: "a", after: "x" }),
  "a comment and spaces": row(" ", { before: "// ", after: "x" }),
  brackets: row("["),
  "closing brackets of addresses": row(`https://a.b/${")".repeat(1_900)} `),
  "links without an end": row("](a"),
  "links with a title without an end": row("](a 'b "),
  braces: row("{"),
  quotes: row('"'),
  "quotes and commas": row('","'),
  keys: (length) => Array.from({ length: length / 8 }, (_, at) => `k${at}: 1`).join("\n"),
  "rows of a table": row("|a|b|\n"),
  "a table without an end": row("|-", { before: "a|b\n" }),
  stars: row("*", { before: "a", after: "b" }),
  "stars and words": row("*a "),
  "angle brackets": row("<antArtifact "),
  "an accent without an end": row("\u0301", { before: "e" }),
  families: row("👩‍👩‍👧‍👦"),
  "a word of Hangul": row("은"),
  abbreviations: row("e.g. "),
  "sentences without an end": row("kelp (and the rock "),
  "words of a genre": row("genre "),
  marks: row("\uE200"),
  thoughts: row("<think>"),
  commands: row("$ npm ci\n"),
};

/**
 * How many characters a reader gives to expressions: what it reads again with each line or match shows here, on every
 * machine alike. What an expression reads again within itself does not.
 */
function charactersRead(run: () => unknown): number {
  const { exec } = RegExp.prototype;
  let read = 0;
  // oxlint-disable-next-line no-extend-native -- the one place that every expression passes
  RegExp.prototype.exec = function (this: RegExp, text: string) {
    const from = this.global || this.sticky ? this.lastIndex : 0;
    const found = exec.call(this, text);
    if (found !== null) read += found.index + found[0].length - from;
    else read += this.sticky ? 1 : text.length - from;
    return found;
  };
  try {
    run();
  } finally {
    // oxlint-disable-next-line no-extend-native
    RegExp.prototype.exec = exec;
  }
  return read;
}

const SHORT = 4_000;

describe.each(Object.entries(TEXTS))("of %s", (_what, text) => {
  it.each(Object.entries(READERS))("what %s reads is twice as much when the text is twice as long", (_name, read) => {
    const once = charactersRead(() => read(text(SHORT)));
    const twice = charactersRead(() => read(text(2 * SHORT)));
    expect(twice).toBeLessThan(2.7 * once + SHORT);
  });
});

/** So long that what is quadratic in it takes a second. */
const LONG = 40_000;
/** What every reader here stays far below for a text of that length, in milliseconds of the processor's time. */
const QUICK_MS = 250;

function cpuMs(run: () => unknown): number {
  const before = cpuUsage();
  run();
  const { user, system } = cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * How much longer four times the text takes: 4 when the work grows with the text, 16 when with its square. Steps within
 * an expression cannot be counted, so this is time of the processor; only what is not quick is looked at again, by the
 * shortest of a few runs, since a machine that is busy makes a run longer and never shorter.
 */
function growth(read: (text: string) => unknown, text: (length: number) => string): number {
  const long = text(LONG);
  if (cpuMs(() => read(long)) < QUICK_MS) return 0;
  const short = text(LONG / 4);
  const shortest = (one: string): number => Math.min(...[1, 2, 3].map(() => cpuMs(() => read(one))));
  return shortest(long) / shortest(short);
}

describe.each(Object.entries(TEXTS))("on %s", (_what, text) => {
  it.each(Object.entries(READERS))(
    "%s takes time that grows no faster than the text",
    { tags: "soak" },
    (_name, read) => {
      expect(growth(read, text)).toBeLessThan(9);
    },
  );
});
