export type { DraftNote, WrittenNote } from "./draft-note.ts";
export { joinPieces } from "./join-parts.ts";
export { mergeNotes } from "./merge-notes.ts";
