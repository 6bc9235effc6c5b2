import { cutText } from "../../text/index.ts";

const ELLIPSIS = "…";

/**
 * Shortens a text to `maxLength` UTF-16 units, the mark of the cut included. Cuts between words where words have spaces
 * between them, otherwise between graphemes, so that no emoji and no accented letter is split.
 */
export function cutTo(text: string, maxLength: number): string {
  const whole = text.toWellFormed().trim();
  if (whole.length <= maxLength) return whole;
  const graphemes = cutText(whole, maxLength - ELLIPSIS.length);
  const atWord = /^(.*[^\s,;:、，：；(（「『[-])[\s,;:、，：；(（「『[-]+\S*$/su.exec(graphemes)?.[1];
  const endsWithWord = /^\s/.test(whole.slice(graphemes.length));
  // A cut far before the limit loses more than a split word does.
  const head = endsWithWord || atWord === undefined || atWord.length < maxLength * 0.6 ? graphemes : atWord;
  return `${withoutLooseEnd(head)}${ELLIPSIS}`;
}

/** Drops words that no title ends with: `Authentication failure with` becomes `Authentication failure`. */
function withoutLooseEnd(text: string): string {
  const trimmed = text.replace(/[\s,;:、，：；(（「『[*_`-]+$/u, "");
  return trimmed.replace(
    /(?<=\S)(?:\s+(?:a|an|the|of|in|on|at|to|for|with|and|or|by|from|as|is|are|my|your|about))+$/iu,
    "",
  );
}
