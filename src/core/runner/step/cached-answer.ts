import { NO_USAGE, type Usage } from "../../model/index.ts";
import type { AnswerKeys } from "../../pipeline/index.ts";
import type { AnswerCache } from "../../storage/index.ts";

/** An answer out of the cache. */
export interface CachedAnswer {
  /** JSON. */
  readonly text: string;
  /** The model that gave it, where several are asked in turn and that is known. */
  readonly answeredBy?: string;
}

/**
 * Finds a cached output. Where several models are asked in turn, an answer of any of them counts, that of the first one first:
 * each is cached under the key that it would have alone.
 */
export function findCached(cache: AnswerCache, { key, byModel }: AnswerKeys): CachedAnswer | undefined {
  for (const [answeredBy, own] of byModel) {
    const text = cache.get(own);
    if (text !== undefined) return { text, answeredBy };
  }
  const text = cache.get(key);
  return text === undefined ? undefined : { text };
}

/** Caches an output, also under the key of the model that gave it where one of several did. */
export function putCached(
  cache: AnswerCache,
  { step, key, byModel }: AnswerKeys,
  { text, answeredBy = [] }: { readonly text: string; readonly answeredBy?: readonly string[] | undefined },
): void {
  const own = answeredBy.length === 1 ? byModel.find(([id]) => id === answeredBy[0]) : undefined;
  if (own) cache.set(own[1], step, text);
  // Who waits for an equal call looks for this key, which therefore comes last.
  cache.set(key, step, text);
}

/** The usage of a step that made no call, which says whose answer it took. */
export const usageOfCached = ({ answeredBy }: CachedAnswer): Usage | undefined =>
  answeredBy === undefined ? undefined : { ...NO_USAGE, answeredBy: [answeredBy] };

/** The same for the answer to an equal call, of which the text alone is known. */
export function usageOfEqual(cache: AnswerCache, keys: AnswerKeys, text: string): Usage | undefined {
  if (keys.byModel.length === 0) return undefined;
  const cached = findCached(cache, keys);
  return cached?.text === text ? usageOfCached(cached) : undefined;
}
