import type { PlannedMove } from "../../chats/load/vault/index.ts";
import { alignColumns, countOf, formatCount, shorten } from "./report-text.ts";

/** A note that stays where it is for a reason that was found before its genre was chosen. */
export interface LeftAlone {
  readonly path: string;
  readonly kind: "skip" | "failed";
  readonly reason: string;
}

export type PreviewRow = PlannedMove | LeftAlone;

const SHOWN_ROWS = 200;
const MAX_CELL = 60;

/** A table of what would be done with each note, with a line of sums below it. */
export function previewTable(rows: readonly PreviewRow[]): string {
  if (rows.length === 0) return "There are no files.";
  const shown = rows.toSorted(byWhatIsDone).slice(0, SHOWN_ROWS);
  const hidden = rows.length - shown.length;
  return [
    ...alignColumns([["note", "genre", "topic", "destination", "what"], ...shown.map(cellsOf)]),
    ...(hidden > 0 ? [`... and ${countOf(hidden, "other file")}; --json lists all of them`] : []),
    "",
    sumsOf(rows),
  ].join("\n");
}

/** The number of notes that need a change. */
export const countToDo = (rows: readonly PreviewRow[]): number => rows.filter(({ kind }) => DONE.has(kind)).length;

const DONE: ReadonlySet<PreviewRow["kind"]> = new Set(["move", "copy", "rewrite"]);

/** Changes first, then the rest; each in the order of the names. */
function byWhatIsDone(a: PreviewRow, b: PreviewRow): number {
  const [first, second] = [a, b].map(({ kind }) => (DONE.has(kind) ? 0 : 1));
  return first === second ? (a.path < b.path ? -1 : 1) : (first ?? 0) - (second ?? 0);
}

function cellsOf(row: PreviewRow): readonly string[] {
  const { genre = "-", topic = "-", to = "-" } = "to" in row ? row : {};
  return [shorten(row.path, MAX_CELL), genre, shorten(topic, MAX_CELL), to, whatOf(row)];
}

function whatOf(row: PreviewRow): string {
  const replaced = "replaced" in row ? `; the other file goes to ${row.replaced}` : "";
  return row.reason === undefined ? `${row.kind}${replaced}` : `${row.kind}: ${shorten(row.reason)}${replaced}`;
}

const NOUNS: readonly (readonly [kind: PreviewRow["kind"], text: string])[] = [
  ["move", "to move"],
  ["copy", "to copy"],
  ["rewrite", "to rewrite in place"],
  ["exists", "whose place is taken"],
  ["skip", "left alone"],
  ["failed", "failed"],
];

function sumsOf(rows: readonly PreviewRow[]): string {
  const sums = NOUNS.flatMap(([kind, text]) => {
    const count = rows.filter((row) => row.kind === kind).length;
    return count === 0 ? [] : [`${formatCount(count)} ${text}`];
  });
  const unclassified = rows.filter((row) => DONE.has(row.kind) && !("genre" in row)).length;
  const without = unclassified === 0 ? "" : `; ${formatCount(unclassified)} without a genre`;
  return `${countOf(rows.length, "file")}: ${sums.join(", ")}${without}`;
}
