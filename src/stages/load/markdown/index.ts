export { acceptNote, type AcceptedNote } from "./accept-note.ts";
export { Layout } from "./layout.ts";
export { fileState, type FileState } from "./note-file.ts";
export { OnEdited } from "./on-edited.ts";
export { writeMarkdown, type WriteMarkdownOptions } from "./write-markdown.ts";
