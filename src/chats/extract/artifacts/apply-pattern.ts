import { runInNewContext } from "node:vm";
import type { PatternEdit } from "./artifact-change.ts";
import { toRegExp } from "./python-pattern.ts";

/**
 * The text with what the pattern finds replaced. A pattern for everything (`.*`) takes the whole text once. A pattern
 * that stands in the text as it is written is taken by the letter, since models forget to escape; one that is no
 * expression, or that finds nothing, leaves the text as it is.
 */
export function applyPattern(text: string, { pattern, replacement, isMultiple }: PatternEdit): string {
  if (pattern === "") return text;
  if (EVERYTHING.has(pattern)) return replacement;
  if (text.includes(pattern)) {
    return isMultiple ? text.replaceAll(pattern, () => replacement) : text.replace(pattern, () => replacement);
  }
  const expression = toRegExp(pattern, isMultiple);
  if (!expression) return text;
  return (
    inTime(() => text.replace(expression, (...found: unknown[]) => withGroups(replacement, groupsOf(found)))) ?? text
  );
}

/** Patterns of a chat take less than a thousandth of it. */
const LONGEST_MS = 1_000;

/**
 * The result of the work, or `undefined` when it times out: no check of a pattern finds all those that take forever on
 * some text, and one of them would stop the whole import.
 */
function inTime(work: () => string): string | undefined {
  try {
    const found: unknown = runInNewContext("work()", { work }, { timeout: LONGEST_MS });
    return typeof found === "string" ? found : undefined;
  } catch {
    return undefined;
  }
}

const EVERYTHING: ReadonlySet<string> = new Set([
  ".*",
  "^.*$",
  ".+",
  "^.+$",
  "(.*)",
  "(?s).*",
  "(?s)^.*$",
  "[\\s\\S]*",
  "^[\\s\\S]*$",
  "[\\s\\S]+",
  "\\A.*\\Z",
]);

type Groups = Readonly<Record<string, string | undefined>>;

/** What the callback of `replace` is given: the match, the groups, the place, the text, and the named groups if any. */
function groupsOf(found: readonly unknown[]): Groups {
  const named = found.at(-1);
  const numbered = found.slice(
    0,
    found.findIndex((part) => typeof part === "number"),
  );
  const groups: [string, unknown][] = [
    ...numbered.map((part, i): [string, unknown] => [String(i), part]),
    ...(typeof named === "object" && named !== null ? Object.entries(named) : []),
  ];
  return Object.fromEntries(groups.map(([name, part]) => [name, typeof part === "string" ? part : undefined]));
}

/**
 * Puts the groups in place of `\1` and `\g<name>`. Other backslashes stay: they are more often those of the code that
 * is being written than Python's escapes.
 */
const withGroups = (replacement: string, groups: Groups): string =>
  replacement.replace(/\\(?:g<(\w+)>|(\d))/g, (written: string, name?: string, digit?: string) => {
    const key = name ?? digit ?? "";
    return Object.hasOwn(groups, key) ? (groups[key] ?? "") : written;
  });
