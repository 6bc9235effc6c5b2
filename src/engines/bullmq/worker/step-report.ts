import { StepError, classifyFailure, messageOf, type Mask } from "../../../core/failure/index.ts";
import type { FailedAttempt } from "../../../core/failure/index.ts";
import { isUnansweredEnd, type Child, type StepEnd, type StepRun } from "../../../core/runner/index.ts";
import type { ErrorText, StepReport } from "../queue/job.ts";
import { contentOf, isInline, type ContentBox } from "../queue/content-box.ts";

export interface ReportParts {
  readonly box: ContentBox;
  /** Masks secrets in errors: an API may echo what it was sent, and others can read the queue. */
  readonly mask: Mask;
}

/** Serializes the end of a step; `undefined` for one that was released, which leaves no trace. */
export async function toReport(
  step: string,
  run: StepRun,
  { box, mask }: ReportParts,
): Promise<StepReport | undefined> {
  const { attempts, durationMs, usage } = run;
  const end = await toWords(run.end, { box, mask });
  return end && { step, end, attempts, durationMs, ...(usage && { usage }) };
}

async function toWords(end: StepEnd, { box, mask }: ReportParts): Promise<StepReport["end"] | undefined> {
  switch (end.kind) {
    case "released":
      return undefined;
    case "done":
      return {
        kind: "done",
        output: isInline(end.text) ? { text: end.text } : await box.pack(end.text),
        ...(end.reviewReason !== undefined && { reviewReason: end.reviewReason }),
      };
    case "fannedOut": {
      const children = [];
      for (const { id, text } of end.children) children.push({ id, content: await box.pack(text) });
      return { kind: "fannedOut", children, again: end.again };
    }
    case "skipped":
    case "filtered":
      return { kind: end.kind, reason: end.reason };
    case "failed":
      return {
        kind: "failed",
        failure: end.failure,
        ...(isUnansweredEnd(end) && { unanswered: true }),
        error: describeError(end.error, mask),
        attempts: end.failedAttempts.map(({ attempt, kind, error, at }) => ({
          attempt,
          kind,
          ...(error !== end.error && { error: describeError(error, mask) }),
          at,
        })),
      };
  }
}

/** The same at once, for what most reports are: an output that travels in the job. `undefined` for any other. */
export function fromInlineReport({ end, attempts, durationMs, usage }: StepReport): StepRun | undefined {
  if (end.kind !== "done" || !("text" in end.output)) return undefined;
  const { text } = end.output;
  return {
    end: { kind: "done", output: contentOf(text), text, reviewReason: end.reviewReason },
    attempts,
    durationMs,
    usage,
  };
}

/** Converts a report to a step's end, as if the step had run here. `stopped` has no such form: the caller stops its run. */
export async function fromReport(report: StepReport, box: ContentBox): Promise<StepRun> {
  const { attempts, durationMs, usage } = report;
  return { end: await fromWords(report.end, box), attempts, durationMs, usage };
}

async function fromWords(end: StepReport["end"], box: ContentBox): Promise<StepEnd> {
  switch (end.kind) {
    case "done": {
      const { content: output, text } = await box.unpack(end.output);
      return { kind: "done", output, text, reviewReason: end.reviewReason };
    }
    case "fannedOut": {
      const children: Child[] = [];
      for (const { id, content } of end.children) children.push({ id, ...(await box.unpack(content)) });
      return { kind: "fannedOut", children, again: end.again };
    }
    case "skipped":
    case "filtered":
      return end;
    case "failed": {
      const own = toError(end.error, end.failure);
      const failedAttempts = end.attempts.map(({ attempt, kind, error, at }): FailedAttempt => ({
        attempt,
        kind,
        error: error === undefined ? own : toError(error, kind),
        at,
      }));
      const { failure, unanswered = false } = end;
      return { kind: "failed", failure, error: own, failedAttempts, unanswered };
    }
    case "stopped":
      return { kind: "released" };
  }
}

const MOST_CAUSES = 10;

function describeError(error: unknown, mask: Mask): ErrorText {
  const causes = [];
  let cause: unknown = error instanceof Error ? error.cause : undefined;
  while (cause !== undefined && causes.length < MOST_CAUSES) {
    causes.push(describeOne(cause, mask));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  const own = describeOne(error, mask);
  if (!(error instanceof StepError)) return { ...own, kind: classifyFailure(error), causes };
  return {
    ...own,
    kind: error.kind,
    causes,
    ...(error.request !== undefined && { request: mask(error.request) }),
    ...(error.rawAnswer !== undefined && { rawAnswer: mask(error.rawAnswer) }),
  };
}

/** Where a message is so long that it is not sent once more in its stack. */
const LONG = 1_000;

function describeOne(error: unknown, mask: Mask): ErrorText["causes"][number] {
  if (!(error instanceof Error)) return { name: typeof error, message: mask(messageOf(error)) };
  const { name, stack } = error;
  const message = messageOf(error);
  const at = message.length < LONG ? -1 : (stack?.indexOf(message) ?? -1);
  if (stack === undefined || at === -1) return { name, message: mask(message), ...(stack && { stack: mask(stack) }) };
  const [before, after] = [mask(stack.slice(0, at)), mask(stack.slice(at + message.length))];
  return { name, message: mask(message), stack: before + after, messageAt: before.length };
}

/** Restores an error with its kind, its causes and their stacks. */
function toError(
  { name, message, stack, messageAt, kind, causes, request, rawAnswer }: ErrorText,
  judged: StepError["kind"],
): Error {
  const cause = causes.reduceRight<Error | undefined>(
    (inner, outer) => revive(new Error(outer.message, inner && { cause: inner }), outer),
    undefined,
  );
  const error = new StepError(kind ?? judged, message, {
    ...(cause && { cause }),
    ...(request !== undefined && { request }),
    ...(rawAnswer !== undefined && { rawAnswer }),
  });
  return revive(error, { name, stack, messageAt });
}

function revive<E extends Error>(
  error: E,
  { name, stack, messageAt }: Pick<ErrorText, "messageAt" | "name" | "stack">,
): E {
  error.name = name;
  if (stack === undefined) return error;
  error.stack = messageAt === undefined ? stack : stack.slice(0, messageAt) + error.message + stack.slice(messageAt);
  return error;
}
