/** Longer patterns are whole texts that were meant by the letter. */
const MAX_PATTERN_CHARACTERS = 2_000;

/** A repeated group with a repetition in it can take a time that doubles with each letter of the text. */
const NESTED_REPETITION = /\((?:[^()\\]|\\.)*[*+}](?:[^()\\]|\\.)*\)[*+{]/;

/**
 * A pattern of Python's `re` as a JavaScript expression, where `.` finds a line's end too. `undefined` when it is none,
 * or one that might never end: the text then stays as it is.
 */
export function toRegExp(pattern: string, isGlobal: boolean): RegExp | undefined {
  if (pattern.length > MAX_PATTERN_CHARACTERS || NESTED_REPETITION.test(pattern)) return undefined;
  const inline = /^\(\?([aiLmsux]+)\)/.exec(pattern)?.[1] ?? "";
  const source = pattern
    .replace(/^\(\?[aiLmsux]+\)/, "")
    .replaceAll("(?P<", "(?<")
    .replace(/\(\?P=(\w+)\)/g, "\\k<$1>")
    .replace(/\\A/g, "^")
    .replace(/\\[Zz]/g, "$");
  const flags = `s${isGlobal ? "g" : ""}${inline.includes("i") ? "i" : ""}${inline.includes("m") ? "m" : ""}`;
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}
