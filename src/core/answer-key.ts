import { createHash } from "node:crypto";
import type { JsonValue } from "./models.ts";
import type { RunnableStep } from "./runnable-step.ts";

/** What else decides an answer, beside the step and the content that it gets. */
export interface AnswerSetting {
  /** Name of the pipeline: cached answers belong to it. */
  readonly pipeline: string;
  /** Everything about the model that changes its answers. */
  readonly fingerprint: string;
}

/** The key under which what a step makes of a content is kept between sessions. */
export function answerKey(step: RunnableStep, content: JsonValue, { pipeline, fingerprint }: AnswerSetting): string {
  return createHash("sha256")
    .update(JSON.stringify([pipeline, step.name, step.version, step.settings, fingerprint, content]))
    .digest("hex");
}
