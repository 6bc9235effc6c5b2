import { sha256 } from "../base/index.ts";
import type { Model } from "../model/index.ts";
import type { JsonValue } from "../base/index.ts";
import type { RunnableStep } from "./runnable-step.ts";

/** What else an answer depends on, besides the step and its content. */
export interface AnswerSetting {
  /** Name of the pipeline: cached answers belong to it. */
  readonly pipeline: string;
  /** Its fingerprint covers everything about it that changes its answers. */
  readonly model: Pick<Model, "fingerprint" | "lane" | "alternatives">;
}

/**
 * The key of a step's cached output for a content; `undefined` when the output is not cached: the step did not ask for
 * it, or its only model makes no calls, so that its answers cost less than caching them.
 */
export function answerKey(
  step: RunnableStep,
  content: JsonValue,
  { pipeline, model }: AnswerSetting,
): string | undefined {
  if (!step.cache) return undefined;
  const models = model.alternatives?.models ?? [model];
  if (step.lane === "model" && models.every(({ lane }) => lane === undefined)) return undefined;
  return keyOf(step, content, pipeline, model.fingerprint);
}

/** The keys that the same output has of each model, by its id, where several are asked in turn; none otherwise. */
export const answererKeys = (
  step: RunnableStep,
  content: JsonValue,
  { pipeline, model }: AnswerSetting,
): readonly (readonly [id: string, key: string])[] =>
  (model.alternatives?.models ?? []).map(({ id, fingerprint }) => [id, keyOf(step, content, pipeline, fingerprint)]);

const keyOf = (step: RunnableStep, content: JsonValue, pipeline: string, fingerprint: string): string =>
  sha256(JSON.stringify([pipeline, step.name, step.version, step.settings, fingerprint, content]));
