import type { Note } from "./note.ts";
import { folderName } from "./note-name.ts";

/**
 * The folder layout of new notes.
 * - `flat`: all in one.
 * - `by-date`: `2026/2026-01/`, by the month in which the source was created; `undated/` when it is unknown.
 * - `by-provider`: `claude/`, `chatgpt/`; `other/` when the note names no source.
 */
export const Layout = { flat: "flat", "by-date": "by-date", "by-provider": "by-provider" } as const;
/** In which folders new notes are put: a value of {@link Layout}. */
export type Layout = (typeof Layout)[keyof typeof Layout];

/** The folder for a note, relative to the notes' folder and with `/`; empty for the notes' folder itself. */
export function layoutFolder(layout: Layout, note: Pick<Note, "created" | "source">): string {
  switch (layout) {
    case "flat":
      return "";
    case "by-date":
      return monthFolder(note.created ?? "");
    case "by-provider":
      return folderName(note.source?.toLowerCase() ?? "") ?? "other";
  }
}

/** The date as it is written in the note, whatever its time zone: the folder says what the front matter says. */
function monthFolder(created: string): string {
  const { year, month } = /^(?<year>\d{4})-(?<month>0[1-9]|1[0-2])(?!\d)/.exec(created)?.groups ?? {};
  return year === undefined || month === undefined ? "undated" : `${year}/${year}-${month}`;
}
