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

/** Every code block of the chat, whole; one that another repeats or contains is left out, and so are plain commands. */
export function findCode(voices: readonly Voice[], language: string): readonly CodeSample[] {
  const split = sentenceSplitter(language);
  const samples = voices.flatMap(({ blocks }) =>
    blocks.flatMap((block, at): readonly CodeSample[] => {
      if (block.kind !== "code" || block.text.trim() === "" || PLACEHOLDER.test(block.text) || isCommands(block))
        return [];
      return [{ language: block.language, text: block.text, introduction: introductionOf(blocks.slice(0, at), split) }];
    }),
  );
  return withoutRepeats(samples);
}

/** The sentence before the block; the heading above when that sentence says only that here it comes. */
function introductionOf(before: readonly Block[], split: (text: string) => readonly string[]): string | undefined {
  const last = before.at(-1);
  const sentence = last?.kind === "prose" || last?.kind === "item" ? inlineMarkdown(split(last.text).at(-1) ?? "") : "";
  if (sentence !== "" && !isChatter(plainText(sentence))) return sentence;
  const isNear = sentence !== "" || last?.kind === "heading" || last?.kind === "label";
  const heading = isNear ? before.findLast(({ kind }) => kind === "heading" || kind === "label") : undefined;
  return (heading && headingText(heading.text)) || sentence || undefined;
}

/** Looking into every other sample is quadratic: with more of them than this, only equal ones are dropped. */
const MAX_COMPARED = 200;

function withoutRepeats(samples: readonly CodeSample[]): readonly CodeSample[] {
  const first = new Map<string, CodeSample>();
  for (const sample of samples) if (!first.has(sample.text.trim())) first.set(sample.text.trim(), sample);
  const distinct = [...first];
  if (distinct.length > MAX_COMPARED) return distinct.map(([, sample]) => sample);
  return distinct
    .filter(([text]) => !distinct.some(([other]) => other.length > text.length && other.includes(text)))
    .map(([, sample]) => sample);
}
