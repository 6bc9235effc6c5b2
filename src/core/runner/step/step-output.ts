import { assertChildren, isOutcome, type FanOut, type RunnableStep } from "../../pipeline/index.ts";
import { messageOf, StepError } from "../../failure/index.ts";
import { type JsonValue, describeIssues, throughJson, type StandardSchema, UnstorableError } from "../../base/index.ts";

/** What a step returned, ready to be committed: content went through its schema and through JSON, whose text is kept. */
export type StepOutput =
  | {
      readonly kind: "done";
      readonly output: JsonValue;
      readonly text: string;
      readonly reviewReason: string | undefined;
    }
  | { readonly kind: "fannedOut"; readonly children: readonly Child[]; readonly again: boolean }
  | { readonly kind: "skipped" | "filtered"; readonly reason: string };

export interface Child {
  readonly id: string;
  readonly content: JsonValue;
  readonly text: string;
}

/**
 * Reads what a step returned: at once when it has no schema to fit. Throws a `StepError`, or rejects with one, when it is
 * not what a step may return.
 */
export function readOutput(value: unknown, step: RunnableStep): StepOutput | Promise<StepOutput> {
  if (isOutcome(value) && value.kind === "fanOut") {
    assertChildren(
      step.name,
      value.children.map(({ id }) => id),
    );
  }
  const { validate } = step;
  return validate ? fitted(value, step, validate).then((fitting) => outputOf(fitting, step)) : outputOf(value, step);
}

function outputOf(value: unknown, step: RunnableStep): StepOutput {
  if (!isOutcome(value)) return { kind: "done", ...storedOf(value, step), reviewReason: undefined };
  switch (value.kind) {
    case "skip":
      return { kind: "skipped", reason: reasonOf(value, step) };
    case "filter":
      return { kind: "filtered", reason: reasonOf(value, step) };
    case "review":
      return { kind: "done", ...storedOf(value.content, step), reviewReason: reasonOf(value, step) };
    case "fanOut":
      return { kind: "fannedOut", children: value.children.map((child) => childOf(child, step)), again: value.again };
  }
}

/** Steps are written in JavaScript too, where it may be anything. */
function reasonOf(
  { kind, reason = "" }: { readonly kind: string; readonly reason: unknown },
  step: RunnableStep,
): string {
  if (typeof reason === "string") return reason;
  throw new StepError("bug", `Step "${step.name}" gave ${typeof reason} as the reason of its ${kind}, not a text.`);
}

function childOf({ id, content }: FanOut<unknown>["children"][number], step: RunnableStep): Child {
  const { output, text } = storedOf(content, step);
  return { id, content: output, text };
}

/** Content as the next step will see it, in this run or after a resume. */
function storedOf(value: unknown, step: RunnableStep): { readonly output: JsonValue; readonly text: string } {
  const stored = storable(value, step);
  if (stored === undefined) {
    throw new StepError(
      "bug",
      `Step "${step.name}" returned ${typeof value}, which cannot be checkpointed. Return content, or skip(), filter(), review() or fanOut().`,
    );
  }
  return { output: stored.value, text: stored.text };
}

function storable(value: unknown, step: RunnableStep): ReturnType<typeof throughJson> {
  try {
    return throughJson(value);
  } catch (cause) {
    if (!(cause instanceof UnstorableError)) throw cause;
    throw new StepError("input", `The output of step "${step.name}" cannot be stored: ${cause.message}.`, { cause });
  }
}

/** The same with each content as the step's schema gives it back. */
async function fitted(value: unknown, step: RunnableStep, schema: StandardSchema): Promise<unknown> {
  if (!isOutcome(value)) return fit(value, step, schema);
  switch (value.kind) {
    case "skip":
    case "filter":
      return value;
    case "review":
      return { ...value, content: await fit(value.content, step, schema) };
    case "fanOut": {
      // Children that start at this step are not its output.
      if (value.again) return value;
      const children: FanOut<unknown>["children"][number][] = [];
      for (const { id, content } of value.children) children.push({ id, content: await fit(content, step, schema) });
      return { ...value, children };
    }
  }
}

async function fit(value: unknown, step: RunnableStep, schema: StandardSchema): Promise<unknown> {
  const result = await schema["~standard"].validate(value);
  if (!result.issues) return result.value;
  throw new StepError("answer", `The output of step "${step.name}" does not fit: ${describeIssues(result.issues)}.`, {
    rawAnswer: answerText(value),
  });
}

/** An answer that does not fit may be one that has no text. */
function answerText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch (error) {
    return messageOf(error);
  }
}
