import { isCommands } from "./commands.ts";
import type { Block } from "./markdown-blocks.ts";
import { headingText, inlineMarkdown, plainText } from "./plain-text.ts";
import { sentenceSplitter } from "./sentences.ts";
import type { Voice } from "./voices.ts";
import { isChatter } from "./words/phrases.ts";

/** A code block as it stood in the chat. */
export interface CodeSample {
  /** As the fence named it; may be empty. */
  readonly language: string;
  readonly text: string;
  /** The sentence or heading that stands before it. */
  readonly introduction: string | undefined;
}

/** Services put these into a fence in place of what they could not show. */
const PLACEHOLDER = /^(?:This block is not supported|Viewing artifacts created via)/;

/** The most blocks of a note: with more it would be a copy of its chat. */
const MAX_SAMPLES = 10;

export interface FoundCode {
  readonly samples: readonly CodeSample[];
  /** How many were left out. */
  readonly more: number;
}

/**
 * The code blocks of the chat, whole, each in its last version; one that another contains is left out, and so are plain
 * commands. Of very many the last ones are kept: what a chat ends with is what came out of it.
 */
export function findCode(voices: readonly Voice[], language: string): FoundCode {
  const split = sentenceSplitter(language);
  const samples = voices.flatMap(({ blocks }) => {
    let heading: Block | undefined;
    return blocks.flatMap((block, at): readonly CodeSample[] => {
      if (block.kind === "heading" || block.kind === "label") heading = block;
      if (block.kind !== "code" || block.text.trim() === "" || PLACEHOLDER.test(block.text) || isCommands(block))
        return [];
      return [
        { language: block.language, text: block.text, introduction: introductionOf(blocks[at - 1], heading, split) },
      ];
    });
  });
  const distinct = lastVersions(withoutRepeats(samples));
  return {
    samples: withoutEmptyLeadIns(distinct.slice(-MAX_SAMPLES), samples),
    more: Math.max(0, distinct.length - MAX_SAMPLES),
  };
}

/** A lead-in that stands before several blocks says nothing about any of them; a heading above several is said once. */
function withoutEmptyLeadIns(kept: readonly CodeSample[], all: readonly CodeSample[]): readonly CodeSample[] {
  const times = new Map<string | undefined, number>();
  for (const { introduction } of all) times.set(introduction, (times.get(introduction) ?? 0) + 1);
  const said = new Set<string>();
  return kept.map((sample) => {
    const { introduction = "" } = sample;
    const isRepeated = /[:：]$/.test(introduction) ? (times.get(introduction) ?? 0) > 1 : said.has(introduction);
    said.add(introduction);
    return isRepeated || isChatter(plainText(introduction)) ? { ...sample, introduction: undefined } : sample;
  });
}

/** The sentence before the block; the heading above when that sentence says only that here it comes. */
function introductionOf(
  last: Block | undefined,
  above: Block | undefined,
  split: (text: string) => readonly string[],
): string | undefined {
  const sentence = last?.kind === "prose" || last?.kind === "item" ? inlineMarkdown(split(last.text).at(-1) ?? "") : "";
  if (sentence !== "" && !isChatter(plainText(sentence))) return sentence;
  const isNear = sentence !== "" || last?.kind === "heading" || last?.kind === "label";
  const heading = isNear ? above : undefined;
  return (heading && headingText(heading.text)) || sentence || undefined;
}

/** Looking into every other sample is quadratic: with more of them than this, only equal ones are dropped. */
const MAX_COMPARED = 200;

function withoutRepeats(samples: readonly CodeSample[]): readonly CodeSample[] {
  const first = new Map<string, CodeSample>();
  for (const sample of samples) if (!first.has(squeeze(sample))) first.set(squeeze(sample), sample);
  const distinct = [...first];
  if (distinct.length > MAX_COMPARED) return distinct.map(([, sample]) => sample);
  return distinct
    .filter(([text]) => !distinct.some(([other]) => other.length > text.length && other.includes(text)))
    .map(([, sample]) => sample);
}

const squeeze = ({ text }: CodeSample): string => text.replace(/\s+/g, " ").trim();

/** How much of the longer of two blocks both have in common when one is a version of the other. */
const SHARE_OF_VERSION = 0.7;
/** Shorter blocks have too few lines to tell. */
const MIN_LINES = 3;

/** Leaves out each block that a later one has most lines of. */
function lastVersions(samples: readonly CodeSample[]): readonly CodeSample[] {
  if (samples.length > MAX_COMPARED) return samples;
  const lines = samples.map(
    ({ text }) => new Set(text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()]))),
  );
  return samples.filter((_, at) => !lines.slice(at + 1).some((later) => isVersion(lines[at] ?? new Set(), later)));
}

function isVersion(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  if (Math.min(one.size, other.size) < MIN_LINES) return false;
  const shared = [...one].filter((line) => other.has(line)).length;
  return shared / Math.max(one.size, other.size) >= SHARE_OF_VERSION;
}
