import type { JsonValue } from "../../base/index.ts";
import { NO_USAGE, type Usage } from "../../model/index.ts";
import { answerKey, answererKeys, type AnswerSetting, type RunnableStep } from "../../pipeline/index.ts";
import type { AnswerCache } from "../../storage/index.ts";

/** An answer out of the cache. */
export interface KeptAnswer {
  /** JSON. */
  readonly text: string;
  /** The model that gave it, where several are asked in turn and that is known. */
  readonly answeredBy?: string;
}

/** What an answer is for. */
export interface AskedStep {
  readonly step: RunnableStep;
  readonly content: JsonValue;
  readonly setting: AnswerSetting;
}

/**
 * The cached output of a step for a content. Where several models are asked in turn, an answer of any of them counts, that of the
 * first one first: each is kept under the key that it would have alone.
 */
export function keptAnswer(cache: AnswerCache, { step, content, setting }: AskedStep): KeptAnswer | undefined {
  const key = answerKey(step, content, setting);
  if (key === undefined) return undefined;
  for (const [answeredBy, own] of answererKeys(step, content, setting)) {
    const text = cache.get(own);
    if (text !== undefined) return { text, answeredBy };
  }
  const text = cache.get(key);
  return text === undefined ? undefined : { text };
}

/** Caches the output of a step, also under the key of the model that gave it where one of several did. */
export function keepAnswer(
  cache: AnswerCache,
  { step, content, setting }: AskedStep,
  { text, answeredBy }: { readonly text: string; readonly answeredBy?: readonly string[] | undefined },
): void {
  const key = answerKey(step, content, setting);
  if (key === undefined) return;
  const [only, ...others] = answeredBy ?? [];
  const own = others.length === 0 ? answererKeys(step, content, setting).find(([id]) => id === only) : undefined;
  // Who waits for an equal call looks for the key of all, which therefore comes last.
  if (own) cache.set(own[1], step.name, text);
  cache.set(key, step.name, text);
}

/** The usage of a step that made no call, which says whose answer it took. */
export const usageOfKept = ({ answeredBy }: KeptAnswer): Usage | undefined =>
  answeredBy === undefined ? undefined : { ...NO_USAGE, answeredBy: [answeredBy] };

/** The same for the answer to an equal call that another one made. */
export function usageOfAnswer(cache: AnswerCache, asked: AskedStep, text: string): Usage | undefined {
  if (!asked.setting.model.alternatives) return undefined;
  const kept = keptAnswer(cache, asked);
  return kept?.text === text ? usageOfKept(kept) : undefined;
}
