import { jsonrepair } from "jsonrepair";

/** A longer object is not repaired: the library's time grows with the square of it where quotes follow one another. */
const MOST_CHARACTERS = 100_000;

/**
 * The object that a text ends with as JSON: keys without quotes, single and curly quotes, comments, missing commas and
 * what Python calls `None` are made good. `undefined` where that cannot be, and for an object that was cut off, which the
 * library would close as if nothing were missing.
 */
export function repairJson(text: string): string | undefined {
  const object = text.slice(Math.max(0, text.indexOf("{"))).trim();
  const isWhole = object.startsWith("{") && object.endsWith("}") && count(object, "{") <= count(object, "}");
  if (!isWhole || object.length > MOST_CHARACTERS) return undefined;
  try {
    return jsonrepair(withBackslashes(object));
  } catch {
    return undefined;
  }
}

/** The library drops a backslash before anything that JSON does not know: `\d`, `C:\Users`. */
const withBackslashes = (text: string): string =>
  text.replace(/\\(.)/gsu, (pair, next: string) => (/["'\\/bfnrtu]/.test(next) ? pair : String.raw`\\${next}`));

const count = (text: string, mark: string): number => text.split(mark).length - 1;
