/**
 * How long a `Retry-After` header asks to wait, in milliseconds: seconds, or the date until which to wait in any of the
 * three forms of HTTP (RFC 9110, 10.2.3 and 5.6.7). A date that is past is 0; a header that says neither is `undefined`.
 *
 * @example
 * ```ts
 * import { parseRetryAfter } from "holdfast/retry";
 *
 * const { headers } = new Response(null, { status: 429, headers: { "retry-after": "2" } });
 * console.log(parseRetryAfter(headers.get("retry-after") ?? undefined, Date.now()));
 * console.log(parseRetryAfter("Thu, 01 Jan 2026 00:00:30 GMT", Date.UTC(2026, 0, 1)));
 * // prints: 2000
 * // prints: 30000
 * ```
 */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? "";
  const seconds = decimal(text);
  const waitMs = seconds >= 0 ? Math.ceil(seconds * 1000) : Math.max(0, httpDate(text, nowMs) - nowMs);
  return Number.isNaN(waitMs) ? undefined : waitMs;
}

/** A number without a sign or an exponent; NaN for every other text. */
export function decimal(text = ""): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
}

/** The form that is sent today and RFC 850's, as loosely as servers write them, or C's asctime. */
const HTTP_DATE =
  /^(?:\w+, (\d\d?)[ -](\w{3})[ -](\d\d|\d{4}) (\d\d:\d\d:\d\d) (?:GMT|UTC|[+-]0000)|\w{3} (\w{3}) ([ \d]\d) (\d\d:\d\d:\d\d) (\d{4}))$/i;

/** Milliseconds since 1970, NaN for what is no date of HTTP. `Date.parse` reads much else, and asctime in local time. */
function httpDate(text: string, nowMs: number): number {
  const [, day, month, year, time, cMonth, cDay, cTime, cYear] = HTTP_DATE.exec(text) ?? [];
  return Date.parse(`${day ?? cDay} ${month ?? cMonth} ${fullYear(year ?? cYear, nowMs)} ${time ?? cTime} GMT`);
}

/** Two digits that would lie more than 50 years ahead mean the century before (RFC 9110). */
function fullYear(year: string | undefined, nowMs: number): number {
  const thisYear = new Date(nowMs).getUTCFullYear();
  const full = year?.length === 2 ? thisYear - (thisYear % 100) + Number(year) : Number(year);
  return full > thisYear + 50 && year?.length === 2 ? full - 100 : full;
}
