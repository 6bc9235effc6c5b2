import {
  Retrying,
  buildRetryOptions,
  retryAll,
  retryIfException,
  retryIfExceptionType,
  sleep,
} from "../../retry/index.ts";
import { answerKey, idempotencyKeyOf, type RunnableStep, type StepContext } from "../pipeline/index.ts";
import { messageOf, FAILURES, classifyFailure, type FailedAttempt, type FailureKind } from "../failure/index.ts";
import type { JsonValue } from "../base/index.ts";
import { isUnanswered } from "../lane/index.ts";
import type { RunDeps } from "./run-deps.ts";
import { readOutput, type StepOutput } from "./step-output.ts";
import { stepCalls } from "./step-calls.ts";
import type { PendingItem } from "../storage/index.ts";
import type { Usage } from "../model/index.ts";

/** How a step ended for one item. `released` leaves no trace: the item goes on from here in the next run. */
export type StepEnd = StepOutput | FailedEnd | { readonly kind: "released" };

/** The step failed for good, after all its attempts. */
export interface FailedEnd {
  readonly kind: "failed";
  readonly failure: FailureKind;
  readonly error: unknown;
  readonly failedAttempts: readonly FailedAttempt[];
  /** What `isUnansweredEnd` said where the step was done; absent when that was here. */
  readonly unanswered?: boolean | undefined;
}

/** Whether a call was sent to which no answer came, and the failure may pass: it may have been done, and is worth repeating. */
export function isUnansweredEnd({ failure, error, failedAttempts, unanswered }: FailedEnd): boolean {
  if (unanswered !== undefined) return unanswered;
  return failure === "transient" && [error, ...failedAttempts.map((attempt) => attempt.error)].some(isUnanswered);
}

export interface StepRun {
  readonly end: StepEnd;
  /** Calls made; 0 when the answer came from the cache. */
  readonly attempts: number;
  readonly durationMs: number;
  /** What its calls of a model cost; `undefined` when it made none. */
  readonly usage: Usage | undefined;
}

/** Does one step on one item at a time, with its lane, retries, checks and cache. */
export type StepRunner = (content: JsonValue, item: PendingItem) => Promise<StepRun>;

/** Makes the runner of a step. The retry policy is made once and shared by all items. */
export function stepRunner(step: RunnableStep, deps: RunDeps): StepRunner {
  const policy = retryPolicy(step, deps);
  const callsOf = stepCalls(step, deps);

  return async (content, item) => {
    const startedAt = deps.clock.now();
    const took = (): number => deps.clock.now() - startedAt;
    const cacheKey = answerKey(step, content, { pipeline: deps.pipeline, model: deps.services.model });
    // A completed item that is retried must not use cached answers.
    const kept = cacheKey === undefined || item.force ? undefined : deps.cache.get(cacheKey);
    if (kept !== undefined) {
      const end: StepEnd = { kind: "done", output: JSON.parse(kept) as JsonValue, text: kept, reviewReason: undefined };
      return { end, attempts: 0, durationMs: took(), usage: undefined };
    }

    const failedAttempts: FailedAttempt[] = [];
    const calls = callsOf(item, startedAt);
    let attempts = 0;
    const nextContext = (): StepContext =>
      makeContext(step, item, deps, {
        attempt: attempts,
        refused: failedAttempts.filter(({ kind }) => kind === "answer"),
        model: calls.model,
      });

    const attempt = async (): Promise<StepEnd> => {
      attempts += 1;
      const ctx = nextContext();
      const call = async (): Promise<unknown> => step.process(content as never, ctx);
      try {
        const returned = await calls.run(call);
        const output = calls.note(() => readOutput(returned, step));
        return output instanceof Promise ? await output : output;
      } catch (error) {
        failedAttempts.push({ attempt: attempts, kind: classifyFailure(error), error, at: deps.clock.wallNow() });
        throw error;
      }
    };

    let tried: StepEnd;
    try {
      tried = await policy.run(attempt);
    } catch (error) {
      tried = endOfFailure(error, failedAttempts, deps);
    }
    const failed = tried;
    const end =
      failed.kind === "failed" ? await calls.note(() => lastWord(step, failed, content, nextContext())) : tried;
    if (end.kind !== "released") deps.limits.stepEnded(step.name, { failed: end.kind === "failed" });
    // An answer that needs review is not cached.
    if (tried.kind === "done" && tried.reviewReason === undefined && cacheKey !== undefined) {
      deps.cache.set(cacheKey, step.name, tried.text);
    }
    return { end, attempts, durationMs: took(), usage: calls.usage() };
  };
}

function retryPolicy(step: RunnableStep, deps: RunDeps): Retrying {
  const config = { ...deps.retry, ...step.retry };
  return new Retrying({
    ...buildRetryOptions(config),
    name: step.name,
    retry: config.retryExceptions
      ? retryAll(retryIfException(isTheItems), retryIfExceptionType(...config.retryExceptions))
      : retryIfException(mayHelp),
    reraise: true,
    clock: deps.clock,
    random: deps.random,
    signal: deps.control.halt,
    // A drain ends waits at once; only a halt aborts the calls.
    sleep: (ms) => sleep(ms, deps.control.drain),
  });
}

/** Whether the failure table says that another call may help. */
function mayHelp(error: unknown): boolean {
  const effect = FAILURES[classifyFailure(error)].does;
  // A rate limit comes this far only when the step has no lane that could wait it out.
  return effect === "retry" || effect === "reask" || effect === "pause";
}

/** Whether a failure is one of this item, and not one that stops the run. */
function isTheItems(error: unknown): boolean {
  const effect = FAILURES[classifyFailure(error)].does;
  return effect !== "stop" && effect !== "release";
}

function endOfFailure(error: unknown, failedAttempts: readonly FailedAttempt[], deps: RunDeps): StepEnd {
  const failure = classifyFailure(error);
  const effect = FAILURES[failure].does;
  if (effect === "release") return { kind: "released" };
  if (effect === "stop") {
    const message = messageOf(error);
    deps.control.stop(
      failure === "write" ? { kind: "write", message, error } : { kind: "unusable", failure, message, error },
    );
    return { kind: "released" };
  }
  return { kind: "failed", failure, error, failedAttempts };
}

/** The result of `onError` for a failure. When `onError` itself fails, that is the failure. */
async function lastWord(step: RunnableStep, failed: FailedEnd, content: JsonValue, ctx: StepContext): Promise<StepEnd> {
  if (!step.onError) return failed;
  try {
    const value = await step.onError(failed.error, content as never, ctx);
    return value === undefined ? failed : await readOutput(value, step);
  } catch (error) {
    return { ...failed, failure: classifyFailure(error), error };
  }
}

function makeContext(
  step: RunnableStep,
  item: PendingItem,
  deps: RunDeps,
  { attempt, refused, model }: Pick<StepContext, "attempt" | "model"> & { readonly refused: readonly FailedAttempt[] },
): StepContext {
  const last = refused.at(-1);
  return {
    ...deps.services,
    model,
    sessionId: deps.sessionId,
    phase: item.phase,
    step: step.name,
    itemId: item.itemId,
    sourcePath: item.sourcePath,
    attempt,
    signal: deps.control.halt,
    // Made when it is asked for: most steps call nothing.
    get idempotencyKey() {
      const { phase, itemId, generation, keyGeneration } = item;
      return idempotencyKeyOf({
        identity: deps.identity,
        phase,
        itemId,
        step: step.name,
        generation: keyGeneration ?? generation,
        refused: refused.length,
      });
    },
    complaint: last && messageOf(last.error),
    reviewReason: item.reviewReason,
    force: item.force,
    log: deps.logs.logger({ stage: step.stage, step: step.name, itemId: item.itemId }),
  };
}
