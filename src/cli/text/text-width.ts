import { createRequire } from "node:module";
import { cutText } from "../../text/index.ts";

type StringWidth = (text: string) => number;

let stringWidth: StringWidth | undefined;

/** How many columns of a terminal a text takes: two for a Chinese character or an emoji, none for an accent of its own. */
export function textWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  // Loaded on demand: it takes a third of a command's start-up time.
  const load: (name: "string-width") => { readonly default: StringWidth } = createRequire(import.meta.url);
  stringWidth ??= load("string-width").default;
  return stringWidth(text);
}

/** The longest beginning of a text that takes at most `width` columns and ends with a whole character. */
export function cutToWidth(text: string, width: number): string {
  // Only accents take no column, and no text stacks that many.
  const line = cutText(text, 8 * width);
  if (textWidth(line) <= width) return line;
  let fits = 0;
  for (let tooLong = line.length; tooLong - fits > 1;) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (textWidth(cutText(line, middle)) <= width) fits = middle;
    else tooLong = middle;
  }
  return cutText(line, fits);
}
