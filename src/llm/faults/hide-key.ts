/** A shorter key is a word such as `x` or `none`, and hiding it would make texts unreadable; local servers take any. */
const MIN_KEY_LENGTH = 8;
/** What a server leaves of a key that it hides itself: "sk-secre***5678". */
const HALF_HIDDEN = /[\w-]{4,100}\*{2,100}[\w-]{0,100}/g;

/** Takes a key out of what a server says: all of it, and what is left where the server hid the middle. */
export function keyHider(key: string | undefined): (text: string) => string {
  if (key === undefined || key.length < MIN_KEY_LENGTH) return (text) => text;
  return (text) =>
    text
      .replaceAll(key, "***")
      .replace(HALF_HIDDEN, (found) => (key.startsWith(found.slice(0, found.indexOf("*"))) ? "***" : found));
}
