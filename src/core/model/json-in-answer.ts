import type { JsonValue } from "../base/index.ts";

/** A text with more opening brackets than this before its JSON holds none. */
const MOST_TRIES = 16;

/**
 * The JSON in an answer: all of it, or the first whole object or list in it, behind chatter or inside a fence. Line breaks and
 * tabs inside its strings are forgiven. `undefined` where there is none.
 */
export function jsonInAnswer(text: string): JsonValue | undefined {
  const whole = parsed(text.trim());
  if (whole !== undefined) return whole;
  let at = nextOpening(text, 0);
  for (let tries = 0; at >= 0 && tries < MOST_TRIES; tries += 1) {
    const found = wholeFrom(text, at);
    const value = found === undefined ? undefined : parsed(found.json);
    if (value !== undefined) return value;
    // A part of what was cut off is not what was asked for.
    if (found === undefined && BEGINS_JSON.test(text.slice(at, at + 16))) return undefined;
    at = nextOpening(text, found === undefined ? at + 1 : at + found.length);
  }
  return undefined;
}

/** What no chatter has behind a bracket. */
const BEGINS_JSON = /^(?:\{\s*"|\[\s*["{])/;

const nextOpening = (text: string, from: number): number => {
  const [object, list] = [text.indexOf("{", from), text.indexOf("[", from)];
  return object < 0 || list < 0 ? Math.max(object, list) : Math.min(object, list);
};

/** What JSON forbids inside a string, and models write all the same. */
const ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** The text from a bracket to the one that closes it; `undefined` when none does. */
function wholeFrom(text: string, start: number): { readonly json: string; readonly length: number } | undefined {
  const json: string[] = [];
  let depth = 0;
  let isInString = false;
  for (let at = start; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (isInString && char === "\\") {
      json.push(char, text.charAt(at + 1));
      at += 1;
      continue;
    }
    if (char === '"') isInString = !isInString;
    json.push(isInString ? (ESCAPES[char] ?? char) : char);
    if (isInString) continue;
    if (char === "{" || char === "[") depth += 1;
    if (char === "}" || char === "]") depth -= 1;
    if (depth === 0) return { json: json.join(""), length: at + 1 - start };
  }
  return undefined;
}

function parsed(json: string): JsonValue | undefined {
  try {
    return JSON.parse(json) as JsonValue;
  } catch {
    return undefined;
  }
}
