import { withoutLast } from "../../../text/index.ts";

/** What a `#` or a `+` in a name means, where Obsidian takes neither. */
const SPELLED: readonly (readonly [RegExp, string])[] = [
  [/(?<=\p{L})#+$/u, "sharp"],
  [/\+/g, "p"],
];

/** Tags as Obsidian wants them: no `#` in front, no spaces, none of digits alone, none twice. */
export function tidyTags(tags: readonly string[]): readonly string[] {
  return [...new Set(tags.map(tidyTag))].filter((tag) => tag !== "");
}

function tidyTag(tag: string): string {
  const bare = tag.toWellFormed().trim().replace(/^#+/, "").trim();
  const spelled = SPELLED.reduce((text, [pattern, word]) => text.replace(pattern, word), bare);
  const joined = spelled.replace(/[^\p{L}\p{M}\p{N}\p{So}\u200d_/-]+/gu, "-").replace(/^[-/\p{M}\u200d]+/u, "");
  const tidied = withoutLast(joined, /[-/]/);
  return /^\p{N}+$/u.test(tidied) ? `_${tidied}` : tidied;
}
