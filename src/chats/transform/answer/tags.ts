/** A note has at most this many; models like to give a dozen, the best first. */
const MAX_TAGS = 5;

/** Reads the tags of an answer: one a line, a list, or separated by commas of any width, with or without `#`. */
export function readTags(text: string): readonly string[] {
  const tags = text
    .split(/[\n,，、;；|]+|\s(?=#)/u)
    .map((tag) => normaliseTag(tag.replace(/^\s*(?:[-*+•]|\d{1,2}[.)])\s+/u, "")))
    .filter((tag) => /\p{L}/u.test(tag));
  return [...new Set(tags)].slice(0, MAX_TAGS);
}

const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ["c#", "csharp"],
  ["f#", "fsharp"],
  ["c++", "cpp"],
]);

/** Obsidian's rules: letters, digits, `_` and `-`, no spaces. */
function normaliseTag(tag: string): string {
  const plain = tag
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[`"'“”「」[\]*]/g, "")
    .trim();
  const spelled = SPELLINGS.get(plain) ?? plain.replace(/^#+/, "");
  return spelled
    .replace(/[^\p{L}\p{M}\p{N}_-]+/gu, "-")
    .replace(/-{2,}/g, "-")
    .replace(/^[-\p{M}]+|-+$/gu, "");
}
