/** Entry `holdfast/sinks`: where items go. */
export { Layout } from "../stages/note/layout.ts";
export type { Note } from "../stages/note/note.ts";
export { OnEdited } from "../stages/load/markdown/on-edited.ts";
export { writeMarkdown, type WriteMarkdownOptions } from "../stages/load/markdown/write-markdown.ts";
// The types that its functions return, so that a program can export a result.
export type { Sink } from "../core/pipeline/sink.ts";
