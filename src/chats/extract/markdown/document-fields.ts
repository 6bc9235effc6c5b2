import { type Fields, textOf } from "../../../stages/extract/input/index.ts";

/** The fields of a document's front matter, whatever program wrote it. */
export interface DocumentFields {
  readonly title: string | undefined;
  /** As it was written. */
  readonly date: unknown;
  readonly updated: unknown;
  readonly tags: readonly string[];
  readonly summary: string | undefined;
  /** As in `draft: true`. */
  readonly withheld: string | undefined;
}

export function documentFields(fields: Fields): DocumentFields {
  return {
    title: lineOf(fields["title"]),
    date: fields["date"] ?? fields["created"],
    updated: fields["last_modified_at"] ?? fields["updated"] ?? fields["modified"],
    tags: [...new Set(TAG_FIELDS.flatMap((name) => wordsOf(fields[name])).map(tidy))].filter((tag) => tag !== ""),
    summary: lineOf(fields["summary"]) ?? lineOf(fields["description"]),
    withheld: WITHHELD.find(({ name, means }) => saysOf(fields[name]) === means)?.reason,
  };
}

const TAG_FIELDS = ["tags", "tag", "categories", "category", "keywords"] as const;

const WITHHELD = [
  { name: "published", means: "no", reason: "published: false" },
  { name: "draft", means: "yes", reason: "draft: true" },
  { name: "private", means: "yes", reason: "private: true" },
] as const;

/** YAML has had several spellings of true and false. */
function saysOf(value: unknown): "yes" | "no" | undefined {
  const text = String(value).toLowerCase();
  if (["true", "yes", "on"].includes(text)) return "yes";
  return ["false", "no", "off"].includes(text) ? "no" : undefined;
}

/** A list; or a text, divided by commas where it has any, and else by white space, as Jekyll does. */
export function wordsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((part) => (Array.isArray(part) ? wordsOf(part) : [plain(part)]));
  const text = plain(value);
  return text.split(text.includes(",") ? "," : /\s+/);
}

const tidy = (tag: string): string => tag.trim().replace(/^#+/, "").trim().replace(/\s+/gu, "-");

const plain = (value: unknown): string =>
  typeof value === "number" || typeof value === "boolean" ? String(value) : textOf(value);

function lineOf(value: unknown): string | undefined {
  const line = plain(value).replace(/\s+/gu, " ").trim();
  return line === "" ? undefined : line;
}
