export { Layout, layoutFolder } from "./layout.ts";
export { type FileState, fileState } from "./note-file.ts";
export { type NoteFolder, assertWritable, openNoteFolder } from "./note-folder.ts";
export { folderName, noteName } from "./note-name.ts";
export { folderOf, joinPath, nameOf } from "./note-path.ts";
export type { Note } from "./note.ts";
export { renderNote } from "./render-note.ts";
