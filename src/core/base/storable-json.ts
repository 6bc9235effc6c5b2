import type { JsonValue } from "./json-value.ts";

/**
 * The most levels of lists and objects in one another. Far more than data has, and less than half of what
 * `JSON.stringify` manages, so that whoever reads a stored value can also write it, wherever it does so.
 */
const MOST_LEVELS = 2_000;
/** The same for metadata, which SQLite's own JSON functions read. */
export const MOST_LEVELS_OF_METADATA = 1_000;

/** A value that went through JSON, and its text. */
export interface StoredJson {
  readonly value: JsonValue;
  readonly text: string;
}

/** Why a value cannot be stored. */
export class UnstorableError extends Error {}

/**
 * A value as it is after it was stored and read again; `undefined` for what JSON has no form for, such as a function.
 * Throws an `UnstorableError` for a value that is nested too deeply or too large, and what `JSON.stringify` throws for a
 * value with a cycle.
 */
export function throughJson(value: unknown, mostLevels: number = MOST_LEVELS): StoredJson | undefined {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) throw unstorable(error, mostLevels);
    throw error;
  }
  if (text === undefined) return undefined;
  const read = JSON.parse(text) as JsonValue;
  // Each level takes two characters: what is short cannot be deep, and is not looked through.
  if (text.length >= 2 * mostLevels && !isWithin(mostLevels, read)) throw tooDeep(mostLevels);
  return { value: read, text };
}

function isWithin(levels: number, value: JsonValue | undefined): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (levels === 0) return false;
  for (const part of Object.values(value)) if (!isWithin(levels - 1, part)) return false;
  return true;
}

/** `JSON.stringify` throws a `RangeError` when its stack is used up, and when the text is longer than a string may be. */
const unstorable = (error: RangeError, mostLevels: number): UnstorableError =>
  /string length/i.test(error.message)
    ? new UnstorableError("it is too large: as JSON it has more characters than a string can have", { cause: error })
    : tooDeep(mostLevels);

const tooDeep = (mostLevels: number): UnstorableError =>
  new UnstorableError(`it is nested too deeply: more than ${mostLevels} levels`);
