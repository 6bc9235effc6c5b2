import { tidyTags, yamlLines, type YamlValue } from "./front-matter/index.ts";
import type { Note } from "./note.ts";

/** The origin of a note, as its front matter records it. */
export interface Provenance {
  readonly sourceId: string;
  readonly contentHash?: string;
  /** The session that wrote it. */
  readonly session?: string;
  /** Why it needs review. */
  readonly reviewReason?: string;
}

type Value = YamlValue | undefined;

/** In the order in which they are written. */
const FIELDS: readonly (readonly [key: string, value: (note: Note, from: Provenance) => Value])[] = [
  ["title", (note) => note.title],
  ["created", (note) => note.created],
  ["updated", (note) => note.updated],
  ["tags", (note) => tidyTags(note.tags ?? [])],
  ["summary", (note) => note.summary],
  ["source", (note) => note.source],
  ["source_id", (_, from) => from.sourceId],
  ["source_url", (note) => note.sourceUrl],
  ["content_hash", (_, from) => from.contentHash],
  ["model", (note) => note.model],
  ["engine", (note) => note.engine],
  ["prompt_version", (note) => note.promptVersion],
  ["chunks", (note) => note.chunks],
  ["session", (_, from) => from.session],
  ["review_reason", (_, from) => from.reviewReason],
];

/**
 * The lines between the two `---`. Absent and empty lists are left out. Half characters, which no file can hold, become
 * U+FFFD; every other value reads back as it was.
 */
export function frontMatter(note: Note, from: Provenance): string {
  return FIELDS.map(([key, value]) => line(key, value(note, from))).join("");
}

function line(key: string, value: Value): string {
  if (value === undefined || (typeof value === "object" && value.length === 0)) return "";
  return yamlLines(key, value, { isDate: key === "created" || key === "updated" });
}
