import { sha256 } from "../base/index.ts";
import type { EmbeddingModel, Model } from "../model/index.ts";
import type { JsonValue } from "../base/index.ts";
import type { RunnableStep } from "./runnable-step.ts";

/** What else an answer depends on, besides the step and its content. */
export interface AnswerSetting {
  /** Name of the pipeline: cached answers belong to it. */
  readonly pipeline: string;
  /** Its fingerprint covers everything about it that changes its answers. */
  readonly model: Pick<Model, "fingerprint" | "lane" | "alternatives">;
  /** The run's embedding model, where it has one. */
  readonly embeddingModel?: Pick<EmbeddingModel, "fingerprint"> | undefined;
}

/** The keys of a step's cached output for a content. */
export interface AnswerKeys {
  /** Name of the step, for people who inspect the cache. */
  readonly step: string;
  readonly key: string;
  /** The key that the same output has of each model, by its id, where several are asked in turn; none otherwise. */
  readonly byModel: readonly (readonly [id: string, key: string])[];
}

/**
 * The keys of a step's cached output for a content; `undefined` when the output is not cached: the step did not ask for
 * it, or its only model makes no calls, so that its answers cost less than caching them.
 */
export function answerKeys(step: RunnableStep, content: JsonValue, setting: AnswerSetting): AnswerKeys | undefined {
  if (!step.cache) return undefined;
  const { model } = setting;
  const models = model.alternatives?.models ?? [];
  const isFree = model.lane === undefined && models.every(({ lane }) => lane === undefined);
  if (step.lane === "model" && isFree) return undefined;
  const keyOf = (fingerprint: string): string => keyFor(step, content, setting, fingerprint);
  return {
    step: step.name,
    key: keyOf(model.fingerprint),
    byModel: models.map(({ id, fingerprint }) => [id, keyOf(fingerprint)]),
  };
}

function keyFor(
  { name, version, settings }: RunnableStep,
  content: JsonValue,
  { pipeline, embeddingModel }: AnswerSetting,
  fingerprint: string,
): string {
  // Without an embedding model the key is what it was before there were any.
  const vectors = embeddingModel === undefined ? [] : [embeddingModel.fingerprint];
  return sha256(JSON.stringify([pipeline, name, version, settings, fingerprint, content, ...vectors]));
}
