/**
 * How long a `Retry-After` header asks to wait, in milliseconds: seconds, or the date until which to wait
 * (RFC 9110, 10.2.3). A date in the past is 0; a header that says neither is `undefined`.
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  // Date.parse takes much more than an HTTP date, "7" among it: a date here names its weekday.
  const untilMs = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(untilMs) ? undefined : Math.max(0, untilMs - nowMs);
}
