import { cutText, openingFence } from "../../../text/index.ts";
import { findBlocks, type BlockKind, type Piece } from "./find-blocks.ts";
import { chooseWords, writeMarker, type MarkerWords } from "./marker.ts";
import type { Turn } from "./turns.ts";

/** A block of the chat that a marker stands for. */
export interface MarkedBlock {
  readonly kind: BlockKind;
  /** From 1, for code and tables apart. */
  readonly number: number;
  /** As it stands in the chat, fences and all. */
  readonly text: string;
  /** What is said of it behind its marker. */
  readonly hint: string;
}

/** Turns with a marker in place of each block, and the blocks. Blocks of the same text share a marker. */
export interface MarkedTurns {
  readonly turns: readonly Turn[];
  readonly blocks: readonly MarkedBlock[];
  readonly words: MarkerWords;
}

/** Takes fenced code and tables out of a chat; inline code stays where it is. The same chat is always marked alike. */
export function markBlocks(turns: readonly Turn[]): MarkedTurns {
  const words = chooseWords(turns.map(({ text }) => text));
  const blocks = new Map<string, MarkedBlock>();
  const counts: Record<BlockKind, number> = { code: 0, table: 0 };

  const mark = ({ kind, text }: Piece): string => {
    if (kind === "prose") return text;
    const trimmed = text.replace(/\n$/, "");
    const block = blocks.get(trimmed) ?? {
      kind,
      number: (counts[kind] += 1),
      text: trimmed,
      hint: HINTS[kind](trimmed),
    };
    blocks.set(trimmed, block);
    return `${writeMarker(words, kind, block.number)} ${block.hint}${text.endsWith("\n") ? "\n" : ""}`;
  };

  const marked = turns.map((turn) => ({ ...turn, text: findBlocks(turn.text).map(mark).join("") }));
  return { turns: marked, blocks: [...blocks.values()], words };
}

/** What a model needs to know of a block that it does not see, on one line in brackets. */
const HINTS: Readonly<Record<BlockKind, (text: string) => string>> = {
  code(text) {
    const [opening = "", ...lines] = text.split("\n");
    const fence = openingFence(opening);
    const language = /^[\w+#.-]*/.exec(fence?.info ?? "")?.[0] ?? "";
    const inner = lines.filter((line) => openingFence(line)?.info !== "");
    return describe(language, inner.length, inner.find((line) => line.trim() !== "") ?? "");
  },
  table(text) {
    const [header = "", , ...rows] = text.split("\n");
    return describe("", rows.length, header);
  },
};

const describe = (language: string, lines: number, first: string): string =>
  `(${[language, `${lines} ${lines === 1 ? "line" : "lines"}`, clip(first)].filter((fact) => fact !== "").join(", ")})`;

/** The longest first line of a hint, in characters. */
const LONGEST = 60;

function clip(line: string): string {
  // Nothing in a hint may read like a marker or end its brackets.
  const plain = line
    .trim()
    .replace(/[()*`]/g, "")
    .replace(/\s+/g, " ")
    .trim();
  const cut = cutText(plain, LONGEST);
  return cut.length === plain.length ? plain : `${cut.trim()}…`;
}
