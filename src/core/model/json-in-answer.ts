import { wholeJsonAt } from "../../text/index.ts";
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
    const found = wholeJsonAt(text, at);
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

function parsed(json: string): JsonValue | undefined {
  try {
    return JSON.parse(json) as JsonValue;
  } catch {
    return undefined;
  }
}
