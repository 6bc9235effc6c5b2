import { cutText } from "../../text/index.ts";
import { HoldfastError } from "../failure/index.ts";

/** Sessions that may begin within one second. */
const MAX_PER_SECOND = 9999;
const SHAPE = /^(\d{4})(\d{2})(\d{2})_(\d{2})(\d{2})(\d{2})(?:_(0[2-9]|[1-9]\d{1,3}))?$/;

/**
 * An id for a session that begins now: `YYYYMMDD_HHMMSS` in UTC, then `_02`, `_03` ... while `taken` says yes. Only
 * creating the session's folder decides who gets an id: `taken` is a hint that saves tries.
 *
 * @example
 * ```ts
 * import { generateSessionId } from "holdfast";
 *
 * const now = new Date("2026-01-19T14:30:52Z");
 * console.log(generateSessionId(now, () => false));
 * console.log(generateSessionId(now, (id) => id === "20260119_143052"));
 * // prints: 20260119_143052
 * // prints: 20260119_143052_02
 * ```
 */
export function generateSessionId(now: Date, taken: (id: string) => boolean): string {
  const second = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "_");
  if (!isSessionId(second))
    throw new RangeError(`Expected \`now\` to be in the years 0 to 9999, got ${now.toISOString()}`);
  for (let n = 1; n <= MAX_PER_SECOND; n += 1) {
    const id = n === 1 ? second : `${second}_${String(n).padStart(2, "0")}`;
    if (!taken(id)) return id;
  }
  throw new HoldfastError(
    "session_exists",
    `${MAX_PER_SECOND} sessions started in the second ${second}, which is the maximum.`,
    {
      hint: "Run the same command again in a moment.",
    },
  );
}

/**
 * Whether a text is a session id: the right form, and a date and time that exist.
 *
 * @example
 * ```ts
 * import { isSessionId } from "holdfast";
 *
 * console.log(["20260119_143052", "20260119_143052_02", "20260230_143052", "../etc"].map(isSessionId));
 * // prints: [ true, true, false, false ]
 * ```
 */
export function isSessionId(text: string): boolean {
  const [, year, month, day, hours, minutes, seconds] = SHAPE.exec(text) ?? [];
  if (year === undefined) return false;
  // Date rolls 30 February over to March, so only a real date comes back as it went in.
  const moment = `${year}-${month}-${day}T${hours}:${minutes}:${seconds}.000Z`;
  const time = Date.parse(moment);
  return !Number.isNaN(time) && new Date(time).toISOString() === moment;
}

/** Returns the id, or throws a `HoldfastError` (`session_invalid_id`). Nothing else may become a part of a path. */
export function validateSessionId(text: string): string {
  if (isSessionId(text)) return text;
  throw new HoldfastError(
    "session_invalid_id",
    `Expected a session id like 20260119_143052 (a date and time in UTC) or 20260119_143052_02, got ${quote(text)}.`,
    { hint: { kind: "list_sessions", otherWorkspace: false } },
  );
}

/** Orders ids by time, the oldest first: `_100` comes after `_99`, which plain text order gets wrong. */
export function compareSessionIds(a: string, b: string): number {
  const secondA = a.slice(0, 15);
  const secondB = b.slice(0, 15);
  if (secondA !== secondB) return secondA < secondB ? -1 : 1;
  return Number(a.slice(16)) - Number(b.slice(16));
}

function quote(text: string): string {
  return text.length <= 60
    ? JSON.stringify(text)
    : `${JSON.stringify(cutText(text, 60))} ... (${text.length} characters)`;
}
