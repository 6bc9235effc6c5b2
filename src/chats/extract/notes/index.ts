export { readNotes } from "./read-notes.ts";
export type { SourceNote } from "./source-note.ts";
export { tagsOf } from "./tags-of.ts";
