/** What a boxed text begins with: a control character that texts do not begin with, and any database takes. */
const BOX = "\u001a";

/**
 * The text in a form that any database takes: Postgres refuses NUL, and every database loses half of a surrogate pair.
 * Nearly all texts are storable and come back as they are; any other is put into a box, as JSON. {@link originalText}
 * opens it. No two texts have the same form.
 */
export const storableText = (text: string): string => (text.includes("\0") || isUnencodable(text) ? boxed(text) : text);

/** The same for a database that takes NUL, as SQLite does. */
export const encodableText = (text: string): string => (isUnencodable(text) ? boxed(text) : text);

/** The text that {@link storableText} or {@link encodableText} was given. */
export function originalText(stored: string): string {
  if (!stored.startsWith(BOX)) return stored;
  try {
    const text: unknown = JSON.parse(stored.slice(BOX.length));
    return typeof text === "string" ? text : stored;
  } catch {
    // Written by somebody else, or by a version without boxes.
    return stored;
  }
}

/** A text that begins like a box needs one too, or it would be opened. */
const isUnencodable = (text: string): boolean => text.startsWith(BOX) || !text.isWellFormed();

/** JSON escapes control characters and lone surrogates. */
const boxed = (text: string): string => BOX + JSON.stringify(text);
