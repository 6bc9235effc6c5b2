import { kindOfLimit, soundLimits, type ToldLimit } from "../base/index.ts";

/** A limit of an API, as it was told last. */
export interface KnownLimit extends ToldLimit {
  /** When it was told, by the clock of the lane. */
  readonly atMs: number;
}

/** What an API has told of its limits, and when. */
export interface KnownOfLimits {
  /** The latest of each kind. */
  readonly limits: readonly KnownLimit[];
  /** How long it asked to wait, when it did so last. */
  readonly asked?: { readonly retryAfterMs: number; readonly atMs: number };
}

/** So many kinds of limits are kept; the one that was told longest ago makes room. */
const MOST_KINDS = 32;
/** The least time between two pieces of news of one limit: some grow and shrink with each answer. */
const NEWS_EVERY_MS = 60_000;

interface Kept {
  readonly limit: KnownLimit;
  /** As it was last made known. */
  readonly published: KnownLimit;
}

/** What an API has told of its limits, and what of it is news. Bounded, whatever it tells. */
export class KnownLimits {
  /** By kind; the one that was told longest ago comes first. */
  readonly #kept = new Map<string, Kept>();
  #asked: KnownOfLimits["asked"];

  /** Keeps what was told, and returns those limits that a person would want to know of. */
  add(told: unknown, nowMs: number): readonly ToldLimit[] {
    const { limits = [], retryAfterMs } = soundLimits(told) ?? {};
    if (retryAfterMs !== undefined) this.#asked = { retryAfterMs, atMs: nowMs };
    return limits.filter((limit) => this.#keep(limit, nowMs));
  }

  get latest(): KnownOfLimits {
    const limits = [...this.#kept.values()].map(({ limit }) => limit);
    return { limits, ...(this.#asked && { asked: this.#asked }) };
  }

  #keep(told: ToldLimit, atMs: number): boolean {
    const kind = kindOfLimit(told);
    const before = this.#kept.get(kind);
    const limit = { ...told, atMs };
    const isNews = before === undefined || isOther(limit, before.published);
    this.#kept.delete(kind);
    this.#kept.set(kind, { limit, published: isNews ? limit : before.published });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KINDS && oldest !== undefined) this.#kept.delete(oldest);
    return isNews;
  }
}

/** Whether the limit is another one, or has nothing left where it had. */
function isOther(now: KnownLimit, before: KnownLimit): boolean {
  if (now.atMs - before.atMs < NEWS_EVERY_MS) return now.remaining === 0 && before.remaining !== 0;
  return now.limit !== before.limit || now.remaining === 0;
}

/** "500 requests (499 left), 40,000 tokens in 60 s (none left for 1.5 s)". */
export const limitsInWords = (limits: readonly ToldLimit[]): string => limits.map(inWords).join(", ");

function inWords({ of, limit, remaining, resetMs, windowMs, name }: ToldLimit): string {
  const many = limit === undefined ? of : `${limit.toLocaleString("en")} ${of}`;
  const window = windowMs === undefined ? "" : ` in ${windowMs / 1000} s`;
  const which = name === undefined ? "" : ` (${name})`;
  if (remaining === undefined) return `${many}${window}${which}`;
  const left = remaining === 0 ? "none" : remaining.toLocaleString("en");
  const until = remaining === 0 && resetMs !== undefined ? ` for ${resetMs / 1000} s` : "";
  return `${many}${window}${which} (${left} left${until})`;
}
