import { assertChildren } from "./fan-out.ts";
import { StepError } from "./failure.ts";
import type { JsonValue } from "./models.ts";
import { isOutcome, type FanOut } from "./outcome.ts";
import type { RunnableStep } from "./runnable-step.ts";
import { describeIssues } from "./standard-schema.ts";

/** What a step returned, ready to be committed: content went through its schema and through JSON. */
export type StepOutput =
  | { readonly kind: "done"; readonly output: JsonValue; readonly reviewReason: string | undefined }
  | { readonly kind: "fannedOut"; readonly children: readonly Child[]; readonly again: boolean }
  | { readonly kind: "skipped" | "filtered"; readonly reason: string };

export interface Child {
  readonly id: string;
  readonly content: JsonValue;
}

/** Reads what a step returned. Throws a `StepError` when it is not what a step may return. */
export async function readOutput(value: unknown, step: RunnableStep): Promise<StepOutput> {
  if (!isOutcome(value)) return { kind: "done", output: await readContent(value, step), reviewReason: undefined };
  switch (value.kind) {
    case "skip":
      return { kind: "skipped", reason: value.reason };
    case "filter":
      return { kind: "filtered", reason: value.reason };
    case "review":
      return { kind: "done", output: await readContent(value.content, step), reviewReason: value.reason };
    case "fanOut":
      return { kind: "fannedOut", children: await readChildren(value, step), again: value.again };
  }
}

async function readChildren({ children }: FanOut<unknown>, step: RunnableStep): Promise<readonly Child[]> {
  assertChildren(
    step.name,
    children.map(({ id }) => id),
  );
  const read: Child[] = [];
  for (const { id, content } of children) read.push({ id, content: await readContent(content, step) });
  return read;
}

/** Content as the next step will see it, in this run or after a resume. */
async function readContent(value: unknown, step: RunnableStep): Promise<JsonValue> {
  const validated = step.validate ? await validate(value, step) : value;
  const text = JSON.stringify(validated);
  if (text === undefined) {
    throw new StepError(
      "bug",
      `Step "${step.name}" returned ${typeof validated}, which cannot be checkpointed. Return content, or skip(), filter(), review() or fanOut().`,
    );
  }
  return JSON.parse(text) as JsonValue;
}

async function validate(value: unknown, step: RunnableStep): Promise<unknown> {
  const result = await step.validate?.["~standard"].validate(value);
  if (!result?.issues) return result?.value;
  throw new StepError("answer", `The output of step "${step.name}" does not fit: ${describeIssues(result.issues)}.`, {
    rawAnswer: JSON.stringify(value),
  });
}
