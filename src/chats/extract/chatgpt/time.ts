import { textOf, timeOf } from "../../../stages/extract/input/index.ts";

/** From here on a number counts milliseconds: as seconds it would be a time after the year 5000. */
const FIRST_MILLISECONDS = 1e11;

const FIRST_FIVE_DIGIT_YEAR = Date.UTC(10_000, 0);

/**
 * ISO 8601 in UTC from a time as ChatGPT writes it: seconds since 1970 with a fraction. Also taken are the same number
 * as a text, milliseconds, and ISO 8601. Anything else is `undefined`, and so is 0, which stands for "never".
 */
export function unixTimeOf(value: unknown): string | undefined {
  const number = typeof value === "number" ? value : numberIn(textOf(value));
  if (number === undefined) return timeOf(value);
  if (!(number > 0)) return undefined;
  const time = new Date(number < FIRST_MILLISECONDS ? number * 1000 : number);
  // A year of more than four digits is a number that was never a time.
  return time.getTime() < FIRST_FIVE_DIGIT_YEAR ? time.toISOString() : undefined;
}

const numberIn = (text: string): number | undefined => (/^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined);
