import { createRequire } from "node:module";

type StringWidth = (text: string) => number;

let stringWidth: StringWidth | undefined;

/** How many columns of a terminal a text takes: two for a Chinese character or an emoji, none for an accent of its own. */
export function textWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  // Loaded where it is needed: it takes a third of the time in which a command starts.
  const load: (name: "string-width") => { readonly default: StringWidth } = createRequire(import.meta.url);
  stringWidth ??= load("string-width").default;
  return stringWidth(text);
}
