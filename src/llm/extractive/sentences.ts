import type { Block } from "./markdown-blocks.ts";
import { headingText, inlineMarkdown, plainText } from "./plain-text.ts";
import type { Voice } from "./voices.ts";
import { isChatter } from "./words/phrases.ts";

/** One sentence of a chat, with what is needed to judge and to quote it. */
export interface Sentence {
  /** On one line, with its inline Markdown. */
  readonly text: string;
  /** Without Markdown. */
  readonly plain: string;
  readonly asks: boolean;
  /** Number of its message, from 0. */
  readonly message: number;
  /** Its place among the sentences of its message, from 0. */
  readonly place: number;
  /** The heading it stands under, without Markdown. */
  readonly heading: string | undefined;
  /** Number of the paragraph or list item it is in, from 0 for the chat. */
  readonly block: number;
  /** Which list of the chat it is in; `undefined` for prose. */
  readonly list: number | undefined;
}

/** A paragraph longer than this without a line break is cut, since nobody wrote it as prose. */
const MAX_PARAGRAPH_LENGTH = 20_000;

/** The sentences of all messages in order. Headings, quotes, tables, code and raw output are left out. */
export function readSentences(voices: readonly Voice[], language: string): readonly Sentence[] {
  const split = sentenceSplitter(language);
  let lists = 0;
  let blockNumber = 0;
  return voices.flatMap(({ asks, blocks }, message) => {
    const sentences: Sentence[] = [];
    let under: Block | undefined;
    let underText: string | undefined;
    let before: Block | undefined;
    let leadIn: string | undefined;
    for (const block of blocks) {
      const above = headingAfter(under, before, block);
      if (above !== under) underText = above && headingText(above.text);
      under = above;
      if (block.kind === "item" && before?.kind !== "item") {
        lists += 1;
        leadIn = before?.kind === "prose" ? leadInOf(before.text, split) : undefined;
      } else if (block.kind !== "item") leadIn = undefined;
      before = block;
      if (block.kind !== "prose" && block.kind !== "item") continue;
      blockNumber += 1;
      const heading = under ? underText : leadIn;
      const list = block.kind === "item" ? lists : undefined;
      for (const part of split(block.text.slice(0, MAX_PARAGRAPH_LENGTH))) {
        const plain = plainText(part);
        const place = sentences.length;
        if (plain === "") continue;
        sentences.push({ text: inlineMarkdown(part), plain, asks, message, place, heading, block: blockNumber, list });
      }
    }
    return sentences;
  });
}

const MAX_LEAD_IN_LENGTH = 60;

/** The sentence before a list, when it announces the list in few words. */
function leadInOf(paragraph: string, split: (paragraph: string) => readonly string[]): string | undefined {
  const last = plainText(split(paragraph.slice(-MAX_PARAGRAPH_LENGTH)).at(-1) ?? "");
  const isLeadIn = /[:：]$/.test(last) && last.length <= MAX_LEAD_IN_LENGTH && !isChatter(last);
  return isLeadIn ? headingText(last) : undefined;
}

/** What a block stands under. A label covers one list or group of paragraphs: prose after its list is about something else. */
function headingAfter(under: Block | undefined, before: Block | undefined, block: Block): Block | undefined {
  if (block.kind === "heading" || block.kind === "label") return block;
  if (block.kind === "rule") return undefined;
  const leavesLabel =
    under?.kind === "label" && block.kind === "prose" && (before?.kind === "item" || before?.kind === "code");
  return leavesLabel ? undefined : under;
}

/** Splits one paragraph by the platform's rules, with fixes for abbreviations and marks. */
export function sentenceSplitter(language: string): (paragraph: string) => readonly string[] {
  const segmenter = new Intl.Segmenter(language, { granularity: "sentence" });
  return (paragraph) => {
    if (!/\p{Sentence_Terminal}/u.test(paragraph)) return [paragraph.trim()];
    const sentences: string[] = [];
    let open = "";
    const close = (): void => {
      if (open.trim() !== "") sentences.push(open.trim());
      open = "";
    };
    for (const { segment } of segmenter.segment(paragraph)) {
      for (const part of segment.split(CASUAL_END)) {
        // A closing mark belongs to the sentence before it: `**Done.** Next.`
        const [closing = ""] = (isOpen(open, "**") && /^\s*\*\*/.exec(part)) || [];
        open += closing;
        if (closing !== "" && !isUnfinished(open)) close();
        open += part.slice(closing.length);
        if (open.length >= MAX_MENDED_LENGTH || !isUnfinished(open)) close();
      }
    }
    close();
    return sentences;
  };
}

const MAX_MENDED_LENGTH = 300;

/** Between sentences that nobody capitalised: the platform sees one there. */
const CASUAL_END = /(?<=\p{Ll}{3}[.!?])\s+(?=\p{Ll})/u;

const ABBREVIATION =
  /(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|mr|mrs|ms|dr|prof|st|no|fig|approx|resp|incl|z\.B|bzw|d\.h|u\.a|p\.ex|\p{Lu})\.\s*$/iu;

const isUnfinished = (text: string): boolean =>
  ABBREVIATION.test(text) ||
  /^\s*\d{1,3}[.)]\s*$/.test(text) ||
  isOpen(text, "`") ||
  isOpen(text, "**") ||
  /（[^）]{0,80}$|\([^)]{0,80}$/.test(text);

const isOpen = (text: string, mark: string): boolean => text.split(mark).length % 2 === 0;
