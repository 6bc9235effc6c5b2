/** What a limit counts. */
export type LimitedThing = "requests" | "tokens" | "input tokens" | "output tokens";

/** One limit of an API, as its server tells it with an answer. Absent means that the server does not say. */
export interface ToldLimit {
  readonly of: LimitedThing;
  /** How many there may be in a window. */
  readonly limit?: number;
  /** How many are left of it. */
  readonly remaining?: number;
  /** How long it takes until there are as many as the limit again: milliseconds from the answer. */
  readonly resetMs?: number;
  /** How long the window is: milliseconds. */
  readonly windowMs?: number;
  /** Which one it is, where a server has several of a kind: "project", "burst". */
  readonly name?: string;
}

/** What a server tells of its limits with one answer or refusal. */
export interface ToldLimits {
  /** At most {@link MOST_TOLD_LIMITS}. */
  readonly limits: readonly ToldLimit[];
  /** How long it asks to wait before the next call: milliseconds. */
  readonly retryAfterMs?: number;
}

/** No server has more limits than that on one call. */
export const MOST_TOLD_LIMITS = 16;

/** More than any limit is: a larger number stands for none. */
const MOST = 1e12;
/** A longer time is a mistake, or a date in another unit. */
const MOST_MS = 366 * 86_400_000;
/** A name is a word or two, and is printed. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9 _./-]{0,39}$/;
const THINGS: ReadonlySet<unknown> = new Set<LimitedThing>(["requests", "tokens", "input tokens", "output tokens"]);

/**
 * What is sound of limits that somebody else tells: whole numbers from 0, times of a year at most, and one limit of each kind.
 * `undefined` when nothing is.
 */
export function soundLimits(given: unknown): ToldLimits | undefined {
  if (!isRecord(given)) return undefined;
  const { limits: told, retryAfterMs: asked } = given;
  const limits = new Map<string, ToldLimit>();
  for (const each of Array.isArray(told) ? told.slice(0, 10 * MOST_TOLD_LIMITS) : []) {
    const limit = soundLimit(each);
    if (limit === undefined || limits.size === MOST_TOLD_LIMITS) continue;
    if (!limits.has(kindOfLimit(limit))) limits.set(kindOfLimit(limit), limit);
  }
  const retryAfterMs = timeIn(asked);
  if (limits.size === 0 && retryAfterMs === undefined) return undefined;
  return { limits: [...limits.values()], ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** Two limits of one kind are the same one, told at two times. */
export const kindOfLimit = ({ of, windowMs, name }: ToldLimit): string => JSON.stringify([of, windowMs, name]);

function soundLimit(given: unknown): ToldLimit | undefined {
  if (!isRecord(given) || !THINGS.has(given["of"])) return undefined;
  const [limit, remaining] = [countIn(given["limit"]), countIn(given["remaining"])];
  if (limit === undefined && remaining === undefined) return undefined;
  const [resetMs, windowMs, name] = [timeIn(given["resetMs"]), timeIn(given["windowMs"]), given["name"]];
  return {
    of: given["of"] as LimitedThing,
    ...(limit !== undefined && { limit }),
    ...(remaining !== undefined && { remaining }),
    ...(resetMs !== undefined && { resetMs }),
    ...(windowMs !== undefined && windowMs > 0 && { windowMs }),
    ...(typeof name === "string" && NAME.test(name) && { name }),
  };
}

const countIn = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= MOST ? value : undefined;

const timeIn = (value: unknown): number | undefined =>
  typeof value === "number" && value >= 0 && value <= MOST_MS ? Math.ceil(value) : undefined;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
