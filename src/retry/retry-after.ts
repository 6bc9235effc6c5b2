import { type Duration, parseDuration } from "./duration.ts";
import { type HttpMessage, httpMessageOf } from "./http-message.ts";
import type { MsWaitStrategy, WaitStrategy } from "./wait.ts";
import { draw, waitRandomExponential } from "./wait-jitter.ts";

/** How {@link waitRetryAfter} treats what the server asks for. */
export interface RetryAfterOptions {
  /** What to wait when the server asks for nothing, or for something that makes no sense. @default waitRandomExponential({ max: "30s" }) */
  readonly fallback?: WaitStrategy | undefined;
  /** The longest that a server may ask for. When it asks for more, the call is given up at once. @default "60s" */
  readonly max?: Duration | undefined;
  /**
   * How much longer than asked to wait at most, drawn at random, so that clients which were turned away together do
   * not come back together. @default as long again as asked
   */
  readonly jitter?: Duration | undefined;
}

/**
 * Waits as long as the server asks, and never shorter: `retry-after-ms`, `Retry-After` in seconds or as a date in any of
 * the three forms of HTTP (RFC 9110, 5.6.7), `RateLimit-Reset` on a 429 or 503. Zero, a date that is past and garbage
 * count as not asked. The answer is looked for where {@link retryIfHttpTransient} looks.
 */
export function waitRetryAfter({
  fallback = waitRandomExponential({ max: "30s" }),
  max = "60s",
  jitter,
}: RetryAfterOptions = {}): MsWaitStrategy {
  const maxMs = parseDuration(max, "max");
  const jitterMs = jitter === undefined ? undefined : parseDuration(jitter, "jitter");
  return (state) => {
    const askedMs = askedDelay(httpMessageOf(state), state.wallNow?.() ?? Date.now());
    if (!(askedMs > 0)) return parseDuration(fallback(state), "fallback");
    return askedMs > maxMs ? Infinity : draw(state.random, askedMs, askedMs + (jitterMs ?? askedMs));
  };
}

/** Milliseconds; NaN when nothing sensible was asked. */
function askedDelay({ status, header }: HttpMessage, nowMs: number): number {
  const ms = decimal(header("retry-after-ms"));
  if (ms > 0) return ms;
  const after = header("retry-after");
  const seconds = decimal(after);
  if (seconds > 0) return seconds * 1000;
  const dateMs = httpDate(after, nowMs) - nowMs;
  if (dateMs > 0) return dateMs;
  // On other answers it tells when the quota is renewed, and asks for nothing.
  return status === 429 || status === 503 ? decimal(header("ratelimit-reset")) * 1000 : Number.NaN;
}

function decimal(text = ""): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
}

/** The form that is sent today and RFC 850's, or C's asctime. */
const HTTP_DATE =
  /^(?:\w+, (\d\d)[ -](\w{3})[ -](\d\d|\d{4}) (\d\d:\d\d:\d\d) GMT|\w{3} (\w{3}) ([ \d]\d) (\d\d:\d\d:\d\d) (\d{4}))$/;

/** Milliseconds since 1970, NaN for what is no date of HTTP. `Date.parse` reads much else, and asctime in local time. */
function httpDate(text: string | undefined, nowMs: number): number {
  const [, day, month, year, time, cMonth, cDay, cTime, cYear] = HTTP_DATE.exec(text ?? "") ?? [];
  return Date.parse(`${day ?? cDay} ${month ?? cMonth} ${fullYear(year ?? cYear, nowMs)} ${time ?? cTime} GMT`);
}

/** Two digits that would lie more than 50 years ahead mean the century before (RFC 9110). */
function fullYear(year: string | undefined, nowMs: number): number {
  const thisYear = new Date(nowMs).getUTCFullYear();
  const full = year?.length === 2 ? thisYear - (thisYear % 100) + Number(year) : Number(year);
  return full > thisYear + 50 && year?.length === 2 ? full - 100 : full;
}
