import type { JsonValue } from "../../../core/base/index.ts";
import { answerKey, type RunnableStep } from "../../../core/pipeline/index.ts";
import type { DispatchedRun, StepEnd, StepRun } from "../../../core/runner/index.ts";
import type { PendingItem } from "../../../core/storage/index.ts";

/** The cached answers of a session's owner: checked before a job is posted, and filled from workers' reports. */
type Answers = Pick<DispatchedRun, "answers" | "answerSetting">;

/** The cached output of a step for that content; `undefined` when there is none or it must not be used. */
export function cachedAnswer(
  step: RunnableStep,
  content: JsonValue,
  { force }: Pick<PendingItem, "force">,
  { answers, answerSetting }: Answers,
): StepRun | undefined {
  // A completed item that is retried must not use cached answers.
  const key = force ? undefined : answerKey(step, content, answerSetting());
  const text = key === undefined ? undefined : answers.get(key);
  if (text === undefined) return undefined;
  const end: StepEnd = { kind: "done", output: JSON.parse(text) as JsonValue, text, reviewReason: undefined };
  return { end, attempts: 0, durationMs: 0, usage: undefined };
}

/** Caches the output of a step. An answer that needs review is not cached. */
export function cacheAnswer(step: RunnableStep, content: JsonValue, end: StepEnd, run: Answers): void {
  if (end.kind !== "done" || end.reviewReason !== undefined) return;
  const key = answerKey(step, content, run.answerSetting());
  if (key !== undefined) run.answers.set(key, step.name, end.text);
}
