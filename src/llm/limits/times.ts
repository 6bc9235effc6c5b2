import { parseRetryAfter } from "../../retry/index.ts";

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A number and its unit. Sticky: the next one begins where the last one ended. */
const AMOUNT =
  /(\d{1,12}(?:\.\d{1,12})?) ?(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|h|days?|d)(?![a-z]) ?/giy;

/** A time as Go writes it, or as people do: "17ms", "1s", "6m0s", "1h2m3.5s", "26 seconds". Milliseconds. */
export function durationMs(text: string | undefined): number | undefined {
  const parts = [...(text ?? "").trim().matchAll(AMOUNT)];
  if (parts.length === 0) return undefined;
  return Math.ceil(parts.reduce((sum, [, amount, unit = "s"]) => sum + Number(amount) * msIn(unit.toLowerCase()), 0));
}

const msIn = (unit: string): number => UNIT_MS[/^m(?:s|illi)/.test(unit) ? "ms" : unit.charAt(0)] ?? 0;

/** Numbers from here on are milliseconds since 1970, from there on seconds since 1970, and smaller ones seconds to wait. */
const LEAST_EPOCH_MS = 1e11;
const LEAST_EPOCH_SECONDS = 1e8;
/** Longer than any limit: what is later was meant otherwise. */
const MOST_MS = 366 * 86_400_000;

/**
 * How long it takes until the time that a header tells, in milliseconds: seconds, seconds or milliseconds since 1970, a
 * duration, or a date (RFC 3339 or HTTP's). What is past is 0; what is none of these, or more than a year away, `undefined`.
 */
export function untilMs(text: string | undefined, nowMs: number): number | undefined {
  const ms = untilAnyMs(text?.trim() ?? "", nowMs);
  return ms !== undefined && ms >= 0 && ms <= MOST_MS ? ms : undefined;
}

function untilAnyMs(text: string, nowMs: number): number | undefined {
  if (/^\d{1,20}(?:\.\d{1,20})?$/.test(text)) {
    const value = Number(text);
    if (value >= LEAST_EPOCH_MS) return Math.max(0, Math.ceil(value - nowMs));
    return Math.max(0, Math.ceil(value >= LEAST_EPOCH_SECONDS ? value * 1000 - nowMs : value * 1000));
  }
  if (/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/i.test(text)) {
    const atMs = Date.parse(text);
    return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
  }
  return durationMs(text) ?? parseRetryAfter(text, nowMs);
}
