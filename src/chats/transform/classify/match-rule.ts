import { posix } from "node:path";
import type { SourceNote } from "../../extract/notes/index.ts";
import type { OrganizeRule, RuleConditions } from "./rules.ts";

/** The first rule that matches a note. */
export function matchRule(note: SourceNote, rules: readonly OrganizeRule[]): OrganizeRule | undefined {
  return rules.find(({ when = {} }) =>
    NAMES.every((name) => {
      const wanted = listOf(when[name]);
      return wanted.length === 0 || wanted.some((one) => HOLDS[name](fold(one), note));
    }),
  );
}

type Condition = keyof RuleConditions;

const HOLDS: Readonly<Record<Condition, (wanted: string, note: SourceNote) => boolean>> = {
  tags: (wanted, { tags }) => tags.some((tag) => isInside(bareTag(fold(tag)), bareTag(wanted))),
  words: (wanted, { title, text }) => holdsWords(title, wanted) || holdsWords(text, wanted),
  title: (wanted, { title }) => holdsWords(title, wanted),
  folder: (wanted, { path }) => isInside(fold(posix.dirname(path)), wanted.replace(/^(?:\.?\/)+|\/+$/g, "")),
  source: (wanted, { source = "" }) => fold(source) === wanted,
};

const NAMES: readonly Condition[] = ["tags", "words", "title", "folder", "source"];

const isInside = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

const bareTag = (tag: string): string => tag.trim().replace(/^#+/, "");

/** A word of letters must stand alone; in scripts that put no spaces between words it may stand anywhere. */
function holdsWords(text: string, wanted: string): boolean {
  if (wanted.trim() === "") return false;
  const before = STANDS_ALONE.test(wanted.slice(0, 1)) ? String.raw`(?<![\p{L}\p{N}])` : "";
  const after = STANDS_ALONE.test(wanted.slice(-1)) ? String.raw`(?![\p{L}\p{N}])` : "";
  const pattern = wanted
    .trim()
    .replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replace(/\s+/g, String.raw`\s+`);
  return new RegExp(`${before}${pattern}${after}`, "u").test(fold(text));
}

const STANDS_ALONE = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}]/u;

const fold = (text: string): string => text.normalize("NFKC").toLowerCase();

const listOf = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === "string" ? [value] : value;
