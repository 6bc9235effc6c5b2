/** Entry `holdfast/sinks`: where items go. */
export { Layout } from "../stages/note/layout.ts";
export type { Note } from "../stages/note/note.ts";
export { OnEdited } from "../stages/load/markdown/on-edited.ts";
export { writeMarkdown, type WriteMarkdownOptions } from "../stages/load/markdown/write-markdown.ts";
