export { readMarkdown } from "./read-markdown.ts";
export type { DocumentSourceOptions } from "./document-source.ts";
export { dateOf, datedName } from "./document-date.ts";
export { wordsOf } from "./document-fields.ts";
export { MARKDOWN_NAME, findDocuments } from "./document-files.ts";
export { type DocumentKind, documentSource } from "./document-source.ts";
