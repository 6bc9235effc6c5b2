let segmenter: Intl.Segmenter | undefined;

/** Made at the first cut that needs it: that takes 10 ms. */
const graphemes = (): Intl.Segmenter => (segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" }));

/** How far around a cut is looked at, in UTF-16 units: a character that people see as one is hardly ever longer. */
const AROUND = 256;

/**
 * The beginning of a text, at most `maxLength` UTF-16 units of it, that ends with a whole character as people see one;
 * where not even the first fits, with a whole code point.
 */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const end = graphemeEnd(text, maxLength);
  return end <= maxLength ? text.slice(0, end) : "";
}

/**
 * The last place at or before `at`, and after `from`, where no emoji and no accented letter is cut. Where a single one
 * goes on for longer than anybody writes, the last place between two code points; at least one code point after `from`.
 * Looks at the text around the cut only.
 */
export function graphemeEnd(text: string, at: number, from = 0): number {
  if (at >= text.length) return text.length;
  if (at <= 0) return 0;
  if (isPlain(text.charCodeAt(at - 1)) && isPlain(text.charCodeAt(at))) return at;
  const start = Math.max(from, pairStart(text, at - AROUND));
  const around = text.slice(start, at + AROUND);
  const end =
    start +
    (graphemes()
      .segment(around)
      .containing(at - start)?.index ?? 0);
  if (end > start || start === at) return end;
  const between = pairStart(text, at);
  return between > from ? between : Math.min(text.length, from + (isPair(text, from) ? 2 : 1));
}

/** Latin letters, digits and marks, which nothing joins; a carriage return goes with a line feed. */
const isPlain = (unit: number): boolean =>
  unit < 0x300 && unit !== 0x0d && unit !== 0x0a && unit !== 0xa9 && unit !== 0xae;

/** A place that is not in the middle of a code point. */
const pairStart = (text: string, at: number): number => (isPair(text, at - 1) ? at - 1 : at);

const isPair = (text: string, at: number): boolean => (text.codePointAt(at) ?? 0) > 0xffff;
