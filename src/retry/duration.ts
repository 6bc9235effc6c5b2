import { refuse } from "./refuse.ts";

/**
 * A length of time: milliseconds as a number, or a string such as `"500ms"`, `"2s"`, `"1.5m"`, `"1h"`. The template
 * type alone would admit `"-5s"` or `"0x10s"`; {@link parseDuration} refuses those when the program runs.
 */
export type Duration = number | `${number}${"ms" | "s" | "m" | "h"}`;

/** The longest wait unless a strategy has its own `max`, in milliseconds: tenacity's (about 146 million years). */
export const MAX_WAIT = 4.611686018427388e21;

/**
 * Milliseconds of a duration. `name` is what the error calls the value.
 *
 * @throws RangeError for NaN, a negative number, or a text that is not `<digits>[.<digits>](ms|s|m|h)`.
 *
 * @example
 * ```ts
 * import { parseDuration } from "holdfast/retry";
 *
 * console.log(parseDuration("1.5m"), parseDuration(250));
 * try {
 *   parseDuration("5 minutes" as "5m", "pause");
 * } catch (error) {
 *   console.log(String(error));
 * }
 * // prints: 90000 250
 * // prints: RangeError: Expected `pause` to be a duration ..., got 5 minutes
 * ```
 */
export function parseDuration(duration: Duration, name = "duration"): number {
  const ms = typeof duration === "number" ? duration : parseText(duration);
  return ms >= 0 ? ms : refuse(name, 'a duration of 0 or more (ms, or a string like "2s")', duration);
}

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;
const MS_PER_UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** NaN when the text is no duration. */
function parseText(text: unknown): number {
  const [, digits, unit] = (typeof text === "string" && DURATION.exec(text)) || [];
  return digits === undefined || unit === undefined ? Number.NaN : Number(digits) * (MS_PER_UNIT[unit] ?? Number.NaN);
}
