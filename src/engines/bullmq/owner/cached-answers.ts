import type { JsonValue } from "../../../core/base/index.ts";
import { answerKey, type RunnableStep } from "../../../core/pipeline/index.ts";
import type { DispatchedRun, StepEnd, StepRun } from "../../../core/runner/index.ts";
import type { PendingItem } from "../../../core/storage/index.ts";

/** The answers that the owner of a session has: it is asked before a worker is, and keeps what workers answer. */
type Answers = Pick<DispatchedRun, "answers" | "answerSetting">;

/** What a step put out for that content before; `undefined` when that is not known or not wanted. */
export function cachedAnswer(
  step: RunnableStep,
  content: JsonValue,
  { force }: Pick<PendingItem, "force">,
  { answers, answerSetting }: Answers,
): StepRun | undefined {
  // A completed item that is tried again is meant to be done anew.
  const key = force ? undefined : answerKey(step, content, answerSetting());
  const text = key === undefined ? undefined : answers.get(key);
  if (text === undefined) return undefined;
  const end: StepEnd = { kind: "done", output: JSON.parse(text) as JsonValue, text, reviewReason: undefined };
  return { end, attempts: 0, durationMs: 0, usage: undefined };
}

/** Keeps what a step put out. An answer that a person should look at is not one to give again. */
export function cacheAnswer(step: RunnableStep, content: JsonValue, end: StepEnd, run: Answers): void {
  if (end.kind !== "done" || end.reviewReason !== undefined) return;
  const key = answerKey(step, content, run.answerSetting());
  if (key !== undefined) run.answers.set(key, step.name, end.text);
}
