import { graphemeEnd } from "../../../text/index.ts";

/** Tokens of a text, by a tokenizer or an estimate. */
export type CountTokens = (text: string) => number;

/** Where a text may be cut, the best places first. Each piece keeps what ends it. */
const CUTS: readonly ((text: string) => readonly string[])[] = [paragraphsOf, linesOf];

/**
 * Cuts a text into pieces of at most `budget` tokens: between paragraphs, else between lines, else between characters.
 * Joined again, the pieces are the text. A single character is never cut, whatever it counts.
 */
export function splitText(text: string, budget: number, count: CountTokens): readonly string[] {
  return text === "" || count(text) <= budget ? [text] : pack(split(text, budget, count, CUTS), budget, count);
}

function split(text: string, budget: number, count: CountTokens, cuts: typeof CUTS): readonly string[] {
  if (count(text) <= budget) return [text];
  const [cut, ...finer] = cuts;
  if (cut === undefined) return splitCharacters(text, budget, count);
  return cut(text).flatMap((piece) => split(piece, budget, count, finer));
}

function paragraphsOf(text: string): readonly string[] {
  const paragraphs: string[] = [];
  let isBlank = true;
  for (const line of linesOf(text)) {
    const wasBlank = isBlank;
    isBlank = line.trim() === "";
    if (paragraphs.length === 0 || (wasBlank && !isBlank)) paragraphs.push(line);
    else paragraphs[paragraphs.length - 1] += line;
  }
  return paragraphs;
}

function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+/g) ?? [];
}

/** Puts neighbours together as long as they fit. */
function pack(pieces: readonly string[], budget: number, count: CountTokens): readonly string[] {
  const packed: string[] = [];
  let tokens = Infinity;
  for (const piece of pieces) {
    const more = count(piece);
    if (tokens + more <= budget) {
      packed[packed.length - 1] += piece;
      tokens += more;
    } else {
      packed.push(piece);
      tokens = more;
    }
  }
  return packed;
}

/** The last resort: as many characters as fit. */
function splitCharacters(text: string, budget: number, count: CountTokens): readonly string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const from = at;
    const fitting = mostThatFits(text.length - from, (size) => count(text.slice(from, from + size)) <= budget);
    at = graphemeEnd(text, from + fitting, from);
    pieces.push(text.slice(from, at));
  }
  return pieces;
}

/** The largest size up to `limit` that fits, found by doubling and then halving; at least 1. */
function mostThatFits(limit: number, fits: (size: number) => boolean): number {
  let good = 1;
  while (good < limit && fits(Math.min(limit, good * 2))) good = Math.min(limit, good * 2);
  let bad = Math.min(limit, good * 2) + 1;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  return good;
}
