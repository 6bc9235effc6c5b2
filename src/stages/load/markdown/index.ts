export { writeMarkdown, type WriteMarkdownOptions } from "./write-markdown.ts";
