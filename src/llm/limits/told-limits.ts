import { soundLimits, type LimitedThing, type ToldLimit, type ToldLimits } from "../../core/base/index.ts";
import { parseRetryAfter } from "../../retry/index.ts";
import { shortHeaders, type Headers } from "./headers.ts";
import { countIn, fieldOf, type Field } from "./limit-names.ts";
import { listedLimits, policiesIn } from "./ratelimit-field.ts";
import { untilMs } from "./times.ts";

/** How long the next call is to wait, in milliseconds, where a server says so: `retry-after-ms`, else `Retry-After`. */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  return askedWaitMs(shortHeaders(headers), nowMs);
}

/**
 * What a server tells of its limits in the headers of an answer or of a refusal: each provider's names, the IETF's draft, and
 * how long it asks to wait. Any server may say anything: what is no number, no time or too large is left out.
 * `undefined` when nothing is told.
 */
export function toldLimits(headers: Headers, nowMs: number = Date.now()): ToldLimits | undefined {
  const short = shortHeaders(headers);
  return soundLimits({
    limits: [...namedLimits(short, nowMs), ...listedLimits(short, nowMs)],
    retryAfterMs: askedWaitMs(short, nowMs),
  });
}

function askedWaitMs(headers: ReadonlyMap<string, string>, nowMs: number): number | undefined {
  const inMs = Number.parseFloat(headers.get("retry-after-ms") ?? "");
  return inMs >= 0 ? Math.ceil(inMs) : parseRetryAfter(headers.get("retry-after"), nowMs);
}

/** A limit whose fields stand in several headers. */
interface Gathered {
  readonly of: LimitedThing;
  readonly name: string | undefined;
  windowMs: number | undefined;
  limit?: number | undefined;
  remaining?: number | undefined;
  resetMs?: number | undefined;
}

interface Reading {
  readonly nowMs: number;
  /** Of `RateLimit-Policy`. */
  readonly policy: string;
}

/** The limits that have a header for each of their fields. */
function namedLimits(headers: ReadonlyMap<string, string>, nowMs: number): readonly ToldLimit[] {
  const limits = new Map<string, Gathered>();
  const policy = headers.get("ratelimit-policy") ?? "";
  for (const [header, text] of headers) {
    const found = fieldOf(header);
    if (!found) continue;
    const { of, windowMs, name } = found;
    const key = JSON.stringify([found.family, of, windowMs, name]);
    const limit = limits.get(key) ?? { of, windowMs, name };
    limits.set(key, limit);
    READ[found.field](limit, text, { nowMs, policy: found.family === "ratelimit-" ? policy : "" });
  }
  return [...limits.values()].map(known);
}

const READ: Readonly<Record<Field, (limit: Gathered, text: string, reading: Reading) => void>> = {
  limit(told, text, { policy }) {
    told.limit = countIn(text);
    // Older drafts list the windows behind the limit that is closest, "100, 100;w=60, 1000;w=3600", or beside it.
    const policies = [...policiesIn(text), ...policiesIn(policy)];
    told.windowMs ??= policies.find(({ limit, windowMs }) => limit === told.limit && windowMs !== undefined)?.windowMs;
  },
  remaining(told, text) {
    told.remaining = countIn(text);
  },
  reset(told, text, { nowMs }) {
    told.resetMs = untilMs(firstOf(text), nowMs);
  },
};

/** Of a value that came twice. A date of HTTP has a comma of its own. */
const firstOf = (text: string): string => (/^[A-Za-z]/.test(text) ? text : (text.split(",")[0] ?? ""));

const known = ({ of, ...fields }: Gathered): ToldLimit => ({
  of,
  ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
});
