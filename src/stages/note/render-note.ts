import type { Note } from "./note.ts";
import { frontMatter, type Provenance } from "./note-front-matter.ts";

/** The whole text of a note's file. It contains no half characters, so every encoder gives the same bytes. */
export function renderNote(note: Note, from: Provenance): string {
  const body = note.body.replace(/^(?:[^\S\n]*\n)+/, "").trimEnd();
  const text = body === "" ? "" : `\n${body.toWellFormed()}\n`;
  return `---\n${frontMatter(note, from)}---\n${text}`;
}
