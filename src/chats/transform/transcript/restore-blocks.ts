import { openingFence } from "../../../text/index.ts";
import type { MarkedBlock, MarkedTurns } from "./mark-blocks.ts";
import { kindOf, markerPattern } from "./marker.ts";

/** A text with its blocks back in their places. */
export interface Restored {
  readonly text: string;
  /** Blocks whose markers are not in the text. */
  readonly dropped: readonly MarkedBlock[];
}

export interface RestoreOptions {
  /** Puts a blank line between a block and what stands right above or below it. @default false */
  readonly apart?: boolean;
}

interface RestoredLine {
  readonly text: string;
  readonly isBlock: boolean;
}

/**
 * Puts kept blocks in the places of their markers: a marker alone on a line becomes the block, and one within a sentence
 * gets its block below the line, the first time only. Markers of blocks that do not exist stay as they are.
 */
export function restoreBlocks(
  text: string,
  { blocks, words }: Pick<MarkedTurns, "blocks" | "words">,
  { apart = false }: RestoreOptions = {},
): Restored {
  if (blocks.length === 0) return { text, dropped: [] };
  const pattern = markerPattern(words);
  const byName = new Map(blocks.map((block) => [nameOf(block), block]));
  const placed = new Set<MarkedBlock>();
  const find = (groups: Readonly<Record<string, string | undefined>> | undefined): MarkedBlock | undefined =>
    byName.get(`${kindOf(words, groups?.["word"] ?? "")} ${Number(groups?.["number"])}`);

  const restoreLine = (line: string): RestoredLine => {
    const found = [...line.matchAll(pattern)];
    const [only] = found;
    const alone = found.length === 1 && only ? find(only.groups) : undefined;
    if (alone && isAlone(line, only?.[0] ?? "", alone)) {
      placed.add(alone);
      return { text: indented(alone.text, line), isBlock: true };
    }
    const below = found.flatMap(({ groups }) => find(groups) ?? []).filter((block) => !placed.has(block));
    for (const block of below) placed.add(block);
    const parts = [withoutMarkers(line), ...[...new Set(below)].map((block) => block.text)];
    return { text: parts.join("\n\n"), isBlock: below.length > 0 };
  };
  const withoutMarkers = (line: string): string =>
    line.replace(pattern, (marker, ...rest: unknown[]) => {
      const groups = rest.at(-1) as Readonly<Record<string, string>>;
      const block = find(groups);
      return block ? `${block.kind} ${block.number}` : marker;
    });

  const lines = unfenced(text, pattern).map(restoreLine);
  return { text: join(lines, apart), dropped: blocks.filter((block) => !placed.has(block)) };
}

function join(lines: readonly RestoredLine[], apart: boolean): string {
  return lines
    .map(({ text, isBlock }, at) => {
      const above = lines[at - 1];
      const touches = above !== undefined && above.text.trim() !== "" && text.trim() !== "";
      return apart && touches && (isBlock || above.isBlock) ? `\n${text}` : text;
    })
    .join("\n");
}

const nameOf = ({ kind, number }: MarkedBlock): string => `${kind} ${number}`;

/** Whether a line holds the marker, its hint and nothing else that says something. */
function isAlone(line: string, marker: string, { hint }: MarkedBlock): boolean {
  const rest = line.replace(marker, "").replace(hint, "").trim();
  return /^(?:[-*+>]|\d{1,3}[.)])?(?:\s*\([^()]*\))?[\s.,:;。、：]*$/.test(rest);
}

/** In a list the block goes as deep as its marker; a block that was indented in the chat keeps to its own depth. */
function indented(block: string, line: string): string {
  const depth = /^\s*/.exec(line)?.[0] ?? "";
  return depth === "" ? block : block.replaceAll(/^(?=.)/gm, depth);
}

/** The lines of a text without the fences that models like to put around a marker. */
function unfenced(text: string, marker: RegExp): readonly string[] {
  const all = text.split("\n");
  const lines: string[] = [];
  for (let at = 0; at < all.length; at++) {
    const [line = "", inside = "", below = ""] = all.slice(at, at + 3);
    const isFenced =
      /^\s*(?:`{3}|~{3})/.test(line) && openingFence(below)?.info === "" && inside.trimStart().search(marker) === 0;
    if (isFenced) at += 2;
    lines.push(isFenced ? inside : line);
  }
  return lines;
}
