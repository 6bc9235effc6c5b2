export { readMarkdown } from "./read-markdown.ts";
export type { DocumentSourceOptions } from "./document-source.ts";
