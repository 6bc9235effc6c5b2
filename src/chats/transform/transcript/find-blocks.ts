import { fenceAfter, type Fence } from "../../../text/index.ts";

/** A piece of a text: one that is kept as it is (code, a table), or what stands between two of them. */
export interface Piece {
  readonly kind: "prose" | BlockKind;
  /** Whole lines, with their line ends. */
  readonly text: string;
}

export type BlockKind = "code" | "table";

/** Cuts Markdown into fenced code, tables, and what is between; joined again the pieces are the text. */
export function findBlocks(markdown: string): readonly Piece[] {
  const pieces: { kind: Piece["kind"]; text: string }[] = [];
  const put = (kind: Piece["kind"], text: string, isNew: boolean): void => {
    const last = pieces.at(-1);
    if (last?.kind === kind && !isNew) last.text += text;
    else pieces.push({ kind, text });
  };
  const lines = linesOf(markdown);
  let fence: Fence | undefined;
  let tableEnd = 0;
  for (const [at, line] of lines.entries()) {
    const before = fence;
    fence = fenceAfter(fence, line.trimEnd());
    if (before !== undefined || fence !== undefined) {
      put("code", line, before === undefined);
      continue;
    }
    if (at >= tableEnd && isTableStart(line, lines[at + 1])) {
      tableEnd = endOfTable(lines, at);
      put("table", line, true);
    } else put(at < tableEnd ? "table" : "prose", line, false);
  }
  return pieces;
}

/** Lines with their line ends. */
const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const isTableStart = (line: string, next = ""): boolean =>
  line.includes("|") && next.includes("|") && /^(?:\|\s*)?:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?$/.test(next.trim());

function endOfTable(lines: readonly string[], start: number): number {
  let end = start + 1;
  while (lines[end]?.includes("|") === true) end += 1;
  return end;
}
