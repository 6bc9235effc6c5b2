import { localTime } from "../../core/base/index.ts";
import { cutToWidth, textWidth } from "./text-width.ts";
import { lineText, terminalText } from "./escape/terminal-text.ts";

/** Text functions that several reports share. */

/** `12,345`. Not with `toLocaleString`: its first call loads Node's tables of all languages, which takes 40 ms. */
export const formatCount = (n: number): string =>
  String(n).replace(/^\d+/, (whole) => whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ","));

/** `1 item`, `12,345 items`. */
export const countOf = (n: number, one: string, many = `${one}s`): string =>
  `${formatCount(n)} ${n === 1 ? one : many}`;

/** `512 bytes`, `4.2 MB`. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return power === 0 ? countOf(bytes, "byte") : `${(bytes / 1000 ** power).toFixed(1)} ${UNITS[power]}`;
}

const UNITS = ["bytes", "kB", "MB", "GB", "TB"] as const;

/** `3 ms`, `4.2 s`. */
export const formatMs = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${formatCount(Math.round(ms / 100) / 10)} s`;

/** `less than 1 s`, `42 s`, `3 min 5 s`, `2 h 10 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return "less than 1 s";
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `2026-01-19 14:30:52 +01:00`, in the time of who reads it. */
export const formatTime = (iso: string): string => localTime(new Date(iso));

/**
 * The text on one line, cut to `width` columns of a terminal, in which a Chinese character or an emoji takes two.
 * Of paths in a line that is too long only the name is kept: what happened to the file counts more than its folder.
 */
export function shorten(text: string, width = 160): string {
  const line = terminalText(text.replaceAll(/\s+/g, " ").trim());
  if (cutToWidth(line, width) === line) return line;
  const named = line.split(" ").map(nameOfPath).join(" ");
  return cutToWidth(named, width) === named ? named : `${cutToWidth(named, width - DOTS.length)}${DOTS}`;
}

/** `.../chats.json` of a word that is an absolute path, with the quote before it; any other word as it is. */
const nameOfPath = (word: string): string => word.replace(FOLDERS, "$1...");

const FOLDERS = /^(["'`(]?)(?:[A-Z]:)?[/\\](?![/\\]).+(?=[/\\].)/;

const DOTS = "...";

/** Rows as lines of aligned columns, two spaces apart. The last column is as wide as it is. */
export function alignColumns(cells: readonly (readonly string[])[]): readonly string[] {
  const rows = cells.map((row) => row.map(lineText));
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(textWidth(cell), widths[column] ?? 0);
  }
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : padded(cell, widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}

const padded = (cell: string, width: number): string => cell + " ".repeat(Math.max(0, width - textWidth(cell)));
