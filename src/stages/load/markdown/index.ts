export { Layout } from "./layout.ts";
export { OnEdited } from "./on-edited.ts";
export { writeMarkdown, type WriteMarkdownOptions } from "./write-markdown.ts";
