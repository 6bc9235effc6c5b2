import type { Source } from "../../../core/pipeline/index.ts";
import type { Conversation } from "../../conversation.ts";
import { type DocumentKind, type DocumentSourceOptions, documentSource } from "./document-source.ts";

/**
 * The Markdown files of a folder and its subfolders, or one Markdown file. Each is a conversation with a `document`:
 * its body as it is, and title, date, tags and summary from its front matter. A file's item id is its path from the
 * folder on, the folder's name included (`markdown:journal/2025/kelp.md`). Notes that this package wrote are skipped,
 * and a file with broken front matter becomes a failed item. A relative path starts at the current folder.
 *
 * @example
 * ```ts
 * import { mkdirSync, writeFileSync } from "node:fs";
 * import { readMarkdown } from "holdfast/chats";
 *
 * mkdirSync("journal");
 * writeFileSync("journal/kelp.md", "---\ntags: [algae]\n---\n\n# Kelp\n\nIt grips rock.\n");
 * for await (const record of readMarkdown("journal").read({ signal: new AbortController().signal })) {
 *   if (record.kind === "item") console.log(record.itemId, record.content.title, record.content.document?.tags);
 * }
 * // prints: markdown:journal/kelp.md Kelp [ 'algae' ]
 * ```
 */
export function readMarkdown(path: string, options: DocumentSourceOptions = {}): Source<Conversation> {
  return documentSource(path, async () => MARKDOWN, { ...options, name: "parse_markdown", version: 1 });
}

const MARKDOWN: DocumentKind = { provider: "markdown", skip: () => undefined };
