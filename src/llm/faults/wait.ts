import { durationMs, toldLimits, untilMs, type Headers } from "../limits/index.ts";

/**
 * How long it takes until a limit is reset, which servers say with each answer: the longest of those limits that have nothing
 * left, else `x-ratelimit-reset`. `undefined` when they do not say.
 */
export function limitResetMs(headers: Headers, nowMs: number): number | undefined {
  const limits = toldLimits(headers, nowMs)?.limits ?? [];
  const resets = limits.flatMap(({ remaining, resetMs = 0 }) => (remaining === 0 && resetMs > 0 ? [resetMs] : []));
  if (resets.length > 0) return Math.max(...resets);
  const reset = headers["x-ratelimit-reset"];
  // A limit that is reset now says nothing of how long to wait.
  return (typeof reset === "string" ? untilMs(reset, nowMs) : undefined) || undefined;
}

/** What stands before a wait in a sentence: "Please try again in 8.12s", "Please retry after 26 seconds". */
const BEFORE_A_WAIT = /(?:try again|retry) (?:in|after) /i;
/** The longest text that a wait is read from. */
const MOST_CHARS = 40;

/** How long a sentence asks to wait, in milliseconds; `undefined` when it does not say. */
export function waitInWords(text: string): number | undefined {
  const before = BEFORE_A_WAIT.exec(text);
  if (before === null) return undefined;
  const start = before.index + before[0].length;
  return durationMs(text.slice(start, start + MOST_CHARS));
}
