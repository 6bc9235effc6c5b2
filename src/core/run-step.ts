import { createHash } from "node:crypto";
import {
  Retrying,
  buildRetryOptions,
  retryAll,
  retryIfException,
  retryIfExceptionType,
  sleep,
} from "../retry/index.ts";
import { FAILURES, StepError, classifyFailure, type FailureKind } from "./failure.ts";
import type { JsonValue } from "./models.ts";
import { isOutcome, outcomeOf } from "./outcome.ts";
import type { RunWorld } from "./run-world.ts";
import type { RunnableStep } from "./runnable-step.ts";
import { describeIssues } from "./standard-schema.ts";
import type { StepContext } from "./step-context.ts";
import type { PendingItem } from "./store.ts";

/** One call of a step that did not succeed. */
export interface FailedAttempt {
  readonly attempt: number;
  readonly kind: FailureKind;
  readonly error: unknown;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** How a step ended for one item. `released` leaves no trace: the item goes on from here in the next run. */
export type StepEnd =
  | { readonly kind: "done"; readonly output: JsonValue; readonly reviewReason: string | undefined }
  | { readonly kind: "skipped" | "filtered"; readonly reason: string }
  | FailedEnd
  | { readonly kind: "released" };

/** The step failed for good, after all its attempts. */
export interface FailedEnd {
  readonly kind: "failed";
  readonly failure: FailureKind;
  readonly error: unknown;
  readonly failedAttempts: readonly FailedAttempt[];
}

export interface StepRun {
  readonly end: StepEnd;
  /** Calls made; 0 when the answer came from the cache. */
  readonly attempts: number;
  readonly durationMs: number;
}

/** Does one step on one item at a time, with its lane, retries, checks and cache. */
export type StepRunner = (content: JsonValue, item: PendingItem) => Promise<StepRun>;

/** Makes the runner of a step. The retry policy is made once and shared by all items. */
export function stepRunner(step: RunnableStep, world: RunWorld): StepRunner {
  const policy = retryPolicy(step, world);
  const lane = world.laneOf(step.lane);

  return async (content, item) => {
    const startedAt = world.clock.now();
    const cacheKey = step.cache ? answerKey(step, content, world) : undefined;
    const kept = cacheKey === undefined ? undefined : world.cache.get(cacheKey);
    if (kept !== undefined) {
      const output = JSON.parse(kept) as JsonValue;
      return {
        end: { kind: "done", output, reviewReason: item.reviewReason },
        attempts: 0,
        durationMs: world.clock.now() - startedAt,
      };
    }

    const failedAttempts: FailedAttempt[] = [];
    let attempts = 0;
    let ctx: StepContext | undefined;

    const attempt = async (): Promise<StepEnd> => {
      attempts += 1;
      ctx = makeContext(step, item, world, { attempt: attempts, complaint: complaintOf(failedAttempts.at(-1)) });
      const called = ctx;
      const call = async (): Promise<unknown> => step.process(content as never, called);
      try {
        return await toEnd(await (lane ? lane.call(call) : call()), step, item);
      } catch (error) {
        const kind = classifyFailure(error);
        failedAttempts.push({ attempt: attempts, kind, error, at: world.clock.wallNow() });
        throw error;
      }
    };

    let end = await policy.run(attempt).catch((error: unknown) => endOfFailure(error, failedAttempts, world));
    if (end.kind === "failed") end = (await fallback(step, end.error, content, ctx, item)) ?? end;
    else if (end.kind === "done" && cacheKey !== undefined)
      world.cache.set(cacheKey, step.name, JSON.stringify(end.output));
    return { end, attempts, durationMs: world.clock.now() - startedAt };
  };
}

function retryPolicy(step: RunnableStep, world: RunWorld): Retrying {
  const config = { ...world.retry, ...step.retry };
  return new Retrying({
    ...buildRetryOptions(config),
    name: step.name,
    retry: config.retryExceptions
      ? retryAll(retryIfException(isTheItems), retryIfExceptionType(...config.retryExceptions))
      : retryIfException(mayHelp),
    reraise: true,
    clock: world.clock,
    random: world.random,
    signal: world.control.halt,
    // A drain ends waits at once; only a halt cuts the calls.
    sleep: (ms) => sleep(ms, world.control.drain),
  });
}

/** Whether the failure table says that another call may help. */
function mayHelp(error: unknown): boolean {
  const effect = FAILURES[classifyFailure(error)].does;
  return effect === "retry" || effect === "reask";
}

/** Whether a failure is one of this item, and not one that stops the run. */
function isTheItems(error: unknown): boolean {
  const effect = FAILURES[classifyFailure(error)].does;
  return effect !== "stop" && effect !== "release";
}

function endOfFailure(error: unknown, failedAttempts: readonly FailedAttempt[], world: RunWorld): StepEnd {
  const failure = classifyFailure(error);
  const effect = FAILURES[failure].does;
  if (effect === "release") return { kind: "released" };
  if (effect === "stop") {
    const message = error instanceof Error ? error.message : String(error);
    world.control.stop({ kind: "unusable", failure, message, error });
    return { kind: "released" };
  }
  return { kind: "failed", failure, error, failedAttempts };
}

async function fallback(
  step: RunnableStep,
  error: unknown,
  content: JsonValue,
  ctx: StepContext | undefined,
  item: PendingItem,
): Promise<StepEnd | undefined> {
  if (!step.onError || !ctx) return undefined;
  const value = await step.onError(error, content as never, ctx);
  return value === undefined ? undefined : toEnd(value, step, item);
}

async function toEnd(value: unknown, step: RunnableStep, item: PendingItem): Promise<StepEnd> {
  if (!isOutcome(value)) return { kind: "done", output: await checked(value, step), reviewReason: item.reviewReason };
  switch (outcomeOf(value)) {
    case "skip":
      return { kind: "skipped", reason: value.reason };
    case "filter":
      return { kind: "filtered", reason: value.reason };
    default:
      return {
        kind: "done",
        output: await checked("content" in value ? value.content : undefined, step),
        reviewReason: value.reason,
      };
  }
}

/** The step's output as the next step will see it, in this run or after a resume: validated, and through JSON. */
async function checked(value: unknown, step: RunnableStep): Promise<JsonValue> {
  const validated = step.validate ? await validate(value, step) : value;
  const text = JSON.stringify(validated);
  if (text === undefined) {
    throw new StepError(
      "bug",
      `Step "${step.name}" returned ${typeof validated}, which cannot be checkpointed. Return content, or skip(), filter() or review().`,
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

const complaintOf = (last: FailedAttempt | undefined): string | undefined =>
  last?.kind === "answer" && last.error instanceof Error ? last.error.message : undefined;

function makeContext(
  step: RunnableStep,
  item: PendingItem,
  world: RunWorld,
  { attempt, complaint }: { readonly attempt: number; readonly complaint: string | undefined },
): StepContext {
  const asked = complaint === undefined ? 0 : attempt - 1;
  return {
    ...world.services,
    sessionId: world.sessionId,
    phase: item.phase,
    step: step.name,
    itemId: item.itemId,
    sourcePath: item.sourcePath,
    attempt,
    signal: world.control.halt,
    idempotencyKey: `${world.sessionId}/${item.phase}/${item.itemId}/${step.name}/${item.generation}/${asked}`,
    complaint,
    reviewReason: item.reviewReason,
    log: world.logs.logger({ stage: step.stage, step: step.name, itemId: item.itemId }),
  };
}

function answerKey(step: RunnableStep, content: JsonValue, world: RunWorld): string {
  const { model } = world.services;
  return createHash("sha256")
    .update(JSON.stringify([step.name, step.version, model.fingerprint, content]))
    .digest("hex");
}
