import { parseRetryAfter } from "../../retry/index.ts";

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** How long the next call is to wait, in milliseconds, where a server says so: `retry-after-ms`, else `Retry-After`. */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const inMs = Number.parseFloat(textOf(headers, "retry-after-ms") ?? "");
  return inMs >= 0 ? Math.ceil(inMs) : parseRetryAfter(textOf(headers, "retry-after"), nowMs);
}

/**
 * How long it takes until a limit is reset, which servers say with each answer: the longest `x-ratelimit-reset-*` of a limit
 * that has nothing left, else `x-ratelimit-reset`. `undefined` when they do not say.
 */
export function limitResetMs(headers: Headers, nowMs: number): number | undefined {
  const usedUp = Object.keys(headers).flatMap((name) =>
    name.startsWith(REMAINING) && textOf(headers, name)?.trim() === "0" ? [name.slice(REMAINING.length)] : [],
  );
  const resets = usedUp.flatMap((limit) => untilMs(textOf(headers, `x-ratelimit-reset-${limit}`), nowMs) ?? []);
  return resets.length > 0 ? Math.max(...resets) : untilMs(textOf(headers, "x-ratelimit-reset"), nowMs);
}

const textOf = (headers: Headers, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === "string" ? value : undefined;
};

const REMAINING = "x-ratelimit-remaining-";

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** What stands before a wait in a sentence: "Please try again in 8.12s", "Please retry after 26 seconds". */
const BEFORE_A_WAIT = /(?:try again|retry) (?:in|after) /i;
/** A number and its unit. Sticky: the next one begins where the last one ended. */
const AMOUNT =
  /(\d{1,12}(?:\.\d{1,12})?) ?(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|h|days?|d)(?![a-z]) ?/giy;
/** The longest text that a wait is read from. */
const MOST_CHARS = 40;

/** How long a sentence asks to wait, in milliseconds; `undefined` when it does not say. */
export function waitInWords(text: string): number | undefined {
  const before = BEFORE_A_WAIT.exec(text);
  if (before === null) return undefined;
  const start = before.index + before[0].length;
  return durationMs(text.slice(start, start + MOST_CHARS));
}

/** A time as Go writes it, or as people do: "17ms", "1s", "6m0s", "1h2m3.5s", "26 seconds". */
export function durationMs(text: string | undefined): number | undefined {
  const parts = [...(text ?? "").trim().matchAll(AMOUNT)];
  if (parts.length === 0) return undefined;
  return Math.ceil(parts.reduce((sum, [, amount, unit = "s"]) => sum + Number(amount) * msIn(unit.toLowerCase()), 0));
}

const msIn = (unit: string): number => UNIT_MS[/^m(?:s|illi)/.test(unit) ? "ms" : unit.charAt(0)] ?? 0;

/** Numbers from here on are milliseconds since 1970, from there on seconds since 1970, and smaller ones seconds to wait. */
const LEAST_EPOCH_MS = 1e11;
const LEAST_EPOCH_SECONDS = 1e8;

function untilMs(text: string | undefined, nowMs: number): number | undefined {
  const value = Number(text ?? "");
  if (!(value > 0)) return durationMs(text);
  if (value >= LEAST_EPOCH_MS) return Math.max(0, value - nowMs);
  return value >= LEAST_EPOCH_SECONDS ? Math.max(0, value * 1000 - nowMs) : Math.ceil(value * 1000);
}
