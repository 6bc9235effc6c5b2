import { Scalar, stringify, type SchemaOptions, type ToStringOptions } from "yaml";
import type { Note } from "../../note.ts";

/** Where a note came from, as its front matter tells it. */
export interface Provenance {
  readonly sourceId: string;
  readonly contentHash?: string;
  /** The session that wrote it. */
  readonly session?: string;
  /** Why a person should look at it. */
  readonly reviewReason?: string;
}

type Value = string | number | readonly string[] | undefined;

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
  ["session", (_, from) => from.session],
  ["review_reason", (_, from) => from.reviewReason],
];

/** Each value on one line and as it is: nothing folded, nothing escaped that people can read. */
const ONE_LINE = { lineWidth: 0, blockQuote: false, doubleQuotedAsJSON: true } as const;
/** Quotes what readers of the older YAML would take for a date, a number or a yes. */
const SAFE_FOR_ALL = { ...ONE_LINE, compat: "yaml-1.1" } as const;

const ISO_DATE = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2}))?$/;
/** Allowed in YAML only as escapes, which the library leaves out. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * The lines between the two `---`. Absent and empty lists are left out. Half characters, which no file can hold, become
 * U+FFFD; every other value reads back as it was.
 */
export function frontMatter(note: Note, from: Provenance): string {
  return FIELDS.map(([key, value]) => line(key, value(note, from))).join("");
}

function line(key: string, value: Value): string {
  if (value === undefined || (typeof value === "object" && value.length === 0)) return "";
  if (typeof value === "number") return stringify({ [key]: value });
  if (typeof value === "object") return write({ [key]: value.map(scalar) }, SAFE_FOR_ALL);
  // A date stays bare, so that Obsidian offers it as one.
  const isDate = (key === "created" || key === "updated") && ISO_DATE.test(value);
  return write({ [key]: scalar(value) }, isDate ? ONE_LINE : SAFE_FOR_ALL);
}

function scalar(value: string): Scalar<string> {
  const node = new Scalar(value.toWellFormed());
  if (value.search(UNPRINTABLE) !== -1) node.type = Scalar.QUOTE_DOUBLE;
  return node;
}

const write = (pair: object, options: ToStringOptions & SchemaOptions): string =>
  stringify(pair, options).replace(UNPRINTABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** As Obsidian wants them: no `#` in front, no spaces, none twice. */
function tidyTags(tags: readonly string[]): readonly string[] {
  const tidy = tags.map((tag) => tag.trim().replace(/^#+/, "").trim().replace(/\s+/gu, "-"));
  return [...new Set(tidy)].filter((tag) => tag !== "");
}
