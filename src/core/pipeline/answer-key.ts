import { sha256 } from "../base/index.ts";
import type { Model } from "../model/index.ts";
import type { JsonValue } from "../base/index.ts";
import type { RunnableStep } from "./runnable-step.ts";

/** What else decides an answer, beside the step and the content that it gets. */
export interface AnswerSetting {
  /** Name of the pipeline: cached answers belong to it. */
  readonly pipeline: string;
  /** Its fingerprint is everything about it that changes its answers. */
  readonly model: Pick<Model, "fingerprint" | "lane">;
}

/**
 * The key under which what a step makes of a content is kept between sessions; `undefined` when it is not kept: the step
 * did not ask for it, or all that it calls is a model that makes no calls, whose answers cost less than keeping them.
 */
export function answerKey(
  step: RunnableStep,
  content: JsonValue,
  { pipeline, model }: AnswerSetting,
): string | undefined {
  if (!step.cache || (step.lane === "model" && model.lane === undefined)) return undefined;
  return sha256(JSON.stringify([pipeline, step.name, step.version, step.settings, model.fingerprint, content]));
}
