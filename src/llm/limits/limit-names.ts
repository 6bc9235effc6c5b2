import type { LimitedThing } from "../../core/base/index.ts";

/** What a header tells of a limit. */
export type Field = "limit" | "remaining" | "reset";

/** What the name of a header says. */
export interface NamedField {
  /** Headers of one family belong together. */
  readonly family: string;
  readonly field: Field;
  readonly of: LimitedThing;
  readonly windowMs: number | undefined;
  /** The words of the name that are none of the others: "project". */
  readonly name: string | undefined;
}

/** Beginnings of names, and what their limits count when the rest of the name does not say. The first that fits counts. */
const FAMILIES: readonly (readonly [prefix: string, counts: LimitedThing])[] = [
  ["anthropic-ratelimit-", "requests"],
  ["x-ratelimitbysize-", "tokens"],
  ["ratelimitbysize-", "tokens"],
  ["x-tokenlimit-", "tokens"],
  ["x-ratelimit-", "requests"],
  ["x-rate-limit-", "requests"],
  ["ratelimit-", "requests"],
];

const FIELDS: Readonly<Record<string, Field>> = { limit: "limit", remaining: "remaining", reset: "reset" };

const THINGS: Readonly<Record<string, "requests" | "tokens">> = {
  requests: "requests",
  request: "requests",
  req: "requests",
  tokens: "tokens",
  token: "tokens",
};

const SIDES: Readonly<Record<string, "input tokens" | "output tokens">> = {
  input: "input tokens",
  prompt: "input tokens",
  output: "output tokens",
  generated: "output tokens",
  completion: "output tokens",
};

const WINDOW_MS: Readonly<Record<string, number>> = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
};

/**
 * What the name of a header says, in small letters; `undefined` when it tells of no limit. Providers put the same few words
 * in any order: `x-ratelimit-limit-tokens-minute`, `anthropic-ratelimit-input-tokens-limit`.
 */
export function fieldOf(header: string): NamedField | undefined {
  const family = FAMILIES.find(([prefix]) => header.startsWith(prefix));
  if (!family) return undefined;
  const [prefix, counts] = family;
  const words = header.slice(prefix.length).split(/[-_]/);
  const fieldAt = words.findIndex((word) => Object.hasOwn(FIELDS, word));
  const field = FIELDS[words[fieldAt] ?? ""];
  if (field === undefined) return undefined;

  let thing: LimitedThing | undefined;
  let side: LimitedThing | undefined;
  let windowMs: number | undefined;
  const others: string[] = [];
  for (const [at, word] of words.entries()) {
    if (at === fieldAt) continue;
    if (Object.hasOwn(THINGS, word)) thing = THINGS[word];
    else if (Object.hasOwn(SIDES, word)) side = SIDES[word];
    else if (Object.hasOwn(WINDOW_MS, word)) windowMs = WINDOW_MS[word];
    else others.push(word);
  }
  // A limit of something else, such as images, or of nothing that has a name.
  if (thing === undefined && (others.length > 0 || side !== undefined)) return undefined;
  const name = others.length === 0 ? undefined : others.join(" ");
  return { family: prefix, field, of: thing === "tokens" ? (side ?? thing) : (thing ?? counts), windowMs, name };
}

/** A whole number from 0 at the beginning of a list: "100", "100, 100;w=60". Nothing else is one. */
export function countIn(text: string): number | undefined {
  const digits = /^(\d{1,15})(?:\.0{1,15})?(?:\s*;[^,]{0,100})?(?:,\s.*)?$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
