/** A Markdown file in its parts. `before + yaml + after + body` is the file, character by character. */
export interface SplitNote {
  /** The opening `---` with its line break, and a byte order mark in front of it; empty when there is no front matter. */
  readonly before: string;
  readonly yaml: string;
  /** The closing `---` with its line break. */
  readonly after: string;
  readonly body: string;
  /** `open`: there is an opening `---` over something like front matter, and no closing one. */
  readonly state: "none" | "whole" | "open";
}

const OPENING = /^\ufeff?---[^\S\n]*\n/;
const CLOSING = /^---[^\S\n]*(?:\n|$)/m;
const CLOSING_OR_DOTS = /^(?:---|\.\.\.)[^\S\n]*(?:\n|$)/m;
/** A text may begin with a rule, which looks like the opening of front matter. */
const KEY_FIRST = /^\s*(?:#[^\n]*\n\s*)*[\p{L}_"'][^\n]*:(?:\s|$)/u;

export interface SplitNoteOptions {
  /** Also accepts `...` as the end of front matter, as Jekyll and Pandoc do. @default false */
  readonly dotsClose?: boolean;
}

/** Splits a Markdown file into its parts. Changes nothing in it, line ends and byte order mark included. */
export function splitNote(text: string, { dotsClose = false }: SplitNoteOptions = {}): SplitNote {
  const before = OPENING.exec(text)?.[0];
  if (before === undefined) return { before: "", yaml: "", after: "", body: text, state: "none" };
  const rest = text.slice(before.length);
  const closing = (dotsClose ? CLOSING_OR_DOTS : CLOSING).exec(rest);
  if (closing === null) {
    return { before: "", yaml: "", after: "", body: text, state: KEY_FIRST.test(rest) ? "open" : "none" };
  }
  const bodyAt = closing.index + closing[0].length;
  return {
    before,
    yaml: rest.slice(0, closing.index),
    after: closing[0],
    body: rest.slice(bodyAt),
    state: "whole",
  };
}
