import type { FoundJson } from "../../../text/index.ts";

/**
 * Reads the object that opens at `start` of a text whose strings hold quotes that were not escaped: a quote ends a string
 * only where something can follow it (a comma and the next key, a colon, a closing bracket). `undefined` when no object
 * ends there.
 */
export function escapeStrings(text: string, start: number): FoundJson | undefined {
  let json = "";
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at++) {
    const char = text.charAt(at);
    if (!inString) {
      if (char === "," && /^,\s*[}\]]/.test(text.slice(at, at + LOOK_AHEAD))) continue;
      inString = char === '"';
      json += char;
      if (char === "{" || char === "[") depth += 1;
      if (char === "}" || char === "]") depth -= 1;
      if (depth === 0) return { json, length: at + 1 - start };
    } else if (char === "\\") {
      const next = text.charAt(at + 1);
      // A backslash before anything that JSON does not know is one of the text: `\d`, `C:\Users`.
      json += /["\\/bfnrtu]/.test(next) ? char + next : `\\\\${ESCAPES[next] ?? next}`;
      at += 1;
    } else if (char !== '"') json += ESCAPES[char] ?? char;
    else {
      inString = !endsString(text.slice(at + 1, at + 1 + LOOK_AHEAD));
      json += inString ? '\\"' : '"';
    }
  }
  return undefined;
}

/** Far enough for white space and the beginning of the next key. */
const LOOK_AHEAD = 200;

/** Whether what follows a quote shows that it was the end of a string. */
const endsString = (after: string): boolean => /^\s*(?::\s*["[{]|,\s*"[^"\n]*"\s*[:,\]]|,?\s*[\]}])/.test(after);

const ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
