import type { BlockKind } from "./find-blocks.ts";

/** The words that stand for kept blocks in one conversation: none that the chat itself uses with a number. */
export type MarkerWords = Readonly<Record<BlockKind, string>>;

/** What is put behind a word until it occurs nowhere in the chat. */
const ENDINGS = ["", "-block", "-item", "-part"] as const;

/** Chooses words that no text of the chat can be taken for. The same chat always gets the same words. */
export function chooseWords(texts: readonly string[]): MarkerWords {
  const free = (words: MarkerWords): boolean => texts.every((text) => text.search(markerPattern(words)) < 0);
  for (const ending of ENDINGS) {
    const words = { code: `code${ending}`, table: `table${ending}` };
    if (free(words)) return words;
  }
  for (let letters = "x"; ; letters += "x") {
    const words = { code: `code-${letters}`, table: `table-${letters}` };
    if (free(words)) return words;
  }
}

/** A marker as it is written for a model: `**code-3**`. */
export const writeMarker = (words: MarkerWords, kind: BlockKind, number: number): string =>
  `**${words[kind]}-${number}**`;

/**
 * Finds markers, also such as a model has changed a little: in other emphasis, brackets or case, with another dash, a
 * space or zeros in front of the number. Group `word` is the word and `number` the number. More than eight marks before
 * a word are none of it: without a limit, a long row of stars would be read once for each of them.
 */
export function markerPattern({ code, table }: MarkerWords): RegExp {
  const word = [code, table].map((text) => text.replaceAll("-", DASH)).join("|");
  return new RegExp(
    String.raw`(?<![\p{L}\p{N}_-])(?:[*_\[【（(<「{]|\u0060){0,8}(?<word>${word})${DASH}?0*(?<number>[1-9][0-9]{0,4})(?![\p{L}\p{N}_])(?:[*_\]】）)>」}:：]|\u0060)*`,
    "giu",
  );
}

const DASH = String.raw`[\s_\-‐-―－]{1,2}`;

/** Which kind a word stands for, however it was written. */
export const kindOf = (words: MarkerWords, word: string): BlockKind =>
  bare(word) === bare(words.table) ? "table" : "code";

const bare = (word: string): string => word.toLowerCase().replace(/[^a-z]/g, "");
