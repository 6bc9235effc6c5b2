import { parseRetryAfter } from "../../retry/index.ts";

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * How long an answer's headers ask to wait, in milliseconds: `retry-after-ms`, else `Retry-After`, else the longest
 * `x-ratelimit-reset-*` of a limit that has nothing left, else `x-ratelimit-reset`. `undefined` when they do not say.
 */
export function rateLimitWaitMs(headers: Headers, nowMs: number): number | undefined {
  const text = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === "string" ? value : undefined;
  };
  const inMs = Number.parseFloat(text("retry-after-ms") ?? "");
  if (inMs >= 0) return Math.ceil(inMs);
  const usedUp = ["requests", "tokens"].filter((limit) => text(`x-ratelimit-remaining-${limit}`)?.trim() === "0");
  const resets = usedUp.flatMap((limit) => durationMs(text(`x-ratelimit-reset-${limit}`)) ?? []);
  return (
    parseRetryAfter(text("retry-after"), nowMs) ??
    (resets.length > 0 ? Math.max(...resets) : undefined) ??
    untilMs(text("x-ratelimit-reset"), nowMs)
  );
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time as Go writes it: "17ms", "1s", "6m0s", "1h2m3.5s". */
function durationMs(text: string | undefined): number | undefined {
  const parts = [...(text ?? "").trim().matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  if (parts.length === 0) return undefined;
  return Math.ceil(parts.reduce((sum, [, amount, unit = "s"]) => sum + Number(amount) * (UNIT_MS[unit] ?? 0), 0));
}

/** Numbers from here on are milliseconds since 1970, from there on seconds since 1970, and smaller ones seconds to wait. */
const LEAST_EPOCH_MS = 1e11;
const LEAST_EPOCH_SECONDS = 1e8;

function untilMs(text: string | undefined, nowMs: number): number | undefined {
  const value = Number(text ?? "");
  if (!(value > 0)) return durationMs(text);
  if (value >= LEAST_EPOCH_MS) return Math.max(0, value - nowMs);
  return value >= LEAST_EPOCH_SECONDS ? Math.max(0, value * 1000 - nowMs) : Math.ceil(value * 1000);
}
