import type { Conversation } from "../../conversation.ts";
import { contentHash } from "../content-hash.ts";
import { dateOf, datedName } from "./document-date.ts";
import { documentFields } from "./document-fields.ts";
import type { Fields } from "../../../stages/extract/input/index.ts";

/** A Markdown file that was read. */
export interface DocumentFile {
  readonly provider: string;
  /** The document's identity, with the provider before it. */
  readonly id: string;
  /** Path from the folder on, with `/`. */
  readonly name: string;
  readonly fields: Fields;
  readonly body: string;
}

/** Where dates come from when neither front matter nor file name has one. */
export interface FileDates {
  readonly committedAt: () => Promise<string | undefined>;
  /** ISO 8601 in UTC. It differs from copy to copy of a folder, so it does not count as content. */
  readonly modifiedAt: () => Promise<string>;
}

export interface DocumentFacts {
  readonly withheld?: string | undefined;
  readonly url?: string | undefined;
}

/**
 * Converts a document to a conversation. Its date: front matter, else file name, else first commit, else the file's
 * time.
 */
export async function parseDocument(
  { provider, id, name, fields, body }: DocumentFile,
  dates: FileDates,
  facts: DocumentFacts,
): Promise<Conversation> {
  const { title, date, updated, tags, summary, withheld = facts.withheld } = documentFields(fields);
  const { date: nameDate, slug } = datedName(name.slice(name.lastIndexOf("/") + 1));
  const ownDate = dateOf(date) ?? nameDate ?? (await dates.committedAt());
  const updatedAt = dateOf(updated);
  const text = body.trimEnd();
  const hashed = {
    provider,
    id,
    title: title ?? headingOf(text) ?? slug.replace(/[-_]+/g, " "),
    ...(ownDate !== undefined && { createdAt: ownDate }),
    messages: text === "" ? [] : [{ role: "user" as const, text, attachments: [] }],
    artifacts: [],
    document: {
      body: text,
      ...(summary !== undefined && { summary }),
      ...(tags.length > 0 && { tags }),
      ...(withheld !== undefined && { withheld }),
    },
    unknownBlocks: {},
  };
  return {
    ...hashed,
    createdAt: ownDate ?? (await dates.modifiedAt()),
    ...(updatedAt !== undefined && { updatedAt }),
    ...(facts.url !== undefined && { url: facts.url }),
    contentHash: contentHash(hashed),
  };
}

/** The text of the first line, when that is a heading of the first level. */
function headingOf(body: string): string | undefined {
  const line = /^#[ \t]+(.+)/.exec(body)?.[1]?.trimEnd() ?? "";
  const last = line.search(/(?<!#)#+$/);
  return (last > 0 ? line.slice(0, last).trimEnd() : line) || undefined;
}
