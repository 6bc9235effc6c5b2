import { editDistance } from "../../core/base/index.ts";

/** How many names are suggested at most. */
const SUGGESTIONS = 3;

/**
 * Suggestions for a misspelled name `wanted`, the likeliest first: the same model under another tag, then names that
 * are few letters away.
 */
export function didYouMean(wanted: string, names: readonly string[]): readonly string[] {
  const asked = wanted.toLowerCase();
  return names
    .map((name) => ({ name, distance: distanceBetween(asked, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(2, Math.floor(asked.length / 3)))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, SUGGESTIONS)
    .map(({ name }) => name);
}

/** 0 for the same model under another tag; else the letters to change, in the whole name or in the name without its tag. */
function distanceBetween(asked: string, name: string): number {
  const withoutTag = (text: string): string => text.replace(/:[^/]*$/, "");
  const ofBase = editDistance(withoutTag(asked), withoutTag(name));
  return asked.includes(":") && ofBase > 0 ? Math.min(ofBase, editDistance(asked, name)) : ofBase;
}
