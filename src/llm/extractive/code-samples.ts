import { isCommands } from "./commands.ts";
import type { Block } from "./markdown-blocks.ts";
import { headingText, inlineMarkdown } from "./plain-text.ts";
import { sentenceSplitter } from "./sentences.ts";
import type { Voice } from "./voices.ts";

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
      return [{ language: block.language, text: block.text, introduction: introductionOf(blocks[at - 1], split) }];
    }),
  );
  return withoutRepeats(samples);
}

function introductionOf(block: Block | undefined, split: (text: string) => readonly string[]): string | undefined {
  if (block?.kind === "heading" || block?.kind === "label") return headingText(block.text);
  if (block?.kind !== "prose" && block?.kind !== "item") return undefined;
  return inlineMarkdown(split(block.text).at(-1) ?? "") || undefined;
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
