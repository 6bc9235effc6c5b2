import { channel } from "node:diagnostics_channel";
import { answerKeys, type AnswerKeys, type RunnableStep } from "../../pipeline/index.ts";
import type { JsonValue } from "../../base/index.ts";
import type { RunDeps } from "../run-deps.ts";
import { readOutput } from "./step-output.ts";
import { EqualCalls } from "./equal-calls.ts";
import { endOfFailure, failedAttempt, isCancelled } from "./failed-ends.ts";
import { findCached, putCached, usageOfCached, usageOfEqual, type CachedAnswer } from "./cached-answer.ts";
import { firstCalls, unlessCut, type FailedCall } from "./first-call.ts";
import type { StepEnd } from "./step-end.ts";
import { CallGuard, type ConfirmCall } from "./call-guard.ts";
import { Spent } from "./spent.ts";
import { cancelledByUser } from "../in-flight.ts";
import { readAnswer } from "../while-busy.ts";
import { inPlace, type CodePlace } from "../running-code.ts";
import { stepCalls } from "./step-calls.ts";
import { stepSeats } from "./step-seats.ts";
import { nextContexts, type StepWork } from "./step-work.ts";
import { underPolicy } from "./under-policy.ts";
import type { PendingItem } from "../../storage/index.ts";
import type { Usage } from "../../model/index.ts";

export interface StepRun {
  readonly end: StepEnd;
  /** Calls made; 0 when the answer came from the cache. */
  readonly attempts: number;
  readonly durationMs: number;
  /** What its calls of a model cost; `undefined` when it made none. */
  readonly usage: Usage | undefined;
}

/** Does one step on one item at a time, with its lane, retries, checks and cache: at once, when nothing is waited for. */
export type StepRunner = (content: JsonValue, item: PendingItem) => StepRun | Promise<StepRun>;

/** Makes the runner of a step. Policies and signals are made once and used by many items. */
export function stepRunner(step: RunnableStep, deps: RunDeps): StepRunner {
  const seats = stepSeats(step, deps);
  const callsOf = stepCalls(step, deps);
  const nextContext = nextContexts(step, deps);
  const callFirst = firstCalls(step, deps, nextContext);
  const { leases, waits = { clock: deps.clock, drain: deps.control.drain } } = deps;
  const callUnderPolicy = underPolicy(step, deps, { nextContext, seats, waits });
  const equalCalls = leases && new EqualCalls({ ...deps, leases, timeout: seats.limits?.timeout });

  return (content, item) => {
    const startedAt = deps.clock.now();
    const setting = { pipeline: deps.pipeline, model: deps.services.model, embeddingModel: deps.embedding?.model };
    const keys = answerKeys(step, content, setting);
    if (keys === undefined) return call(content, item, { startedAt });
    const keep: Keep = (text, answeredBy) => putCached(deps.cache, keys, { text, answeredBy });
    // A completed item that is retried must not use the answers of others.
    if (item.force) return call(content, item, { startedAt, keep });
    return cached(content, item, { startedAt, keep, keys });
  };

  async function cached(content: JsonValue, item: PendingItem, { startedAt, keep, keys }: Cached): Promise<StepRun> {
    const without = (end: StepEnd, usage?: Usage): StepRun => withoutCall(end, deps.clock.now() - startedAt, usage);
    let found: CachedAnswer | undefined;
    try {
      const reading = readAnswer(() => findCached(deps.cache, keys), waits);
      found = reading instanceof Promise ? await reading : reading;
    } catch (error) {
      return without(endOfFailure(error, [], deps));
    }
    if (found !== undefined) return without(cachedEnd(found.text), usageOfCached(found));
    if (!equalCalls) return call(content, item, { startedAt, keep });
    const equal = { key: keys.key, step: step.name, item, startedAtMs: startedAt };
    const spent = new Spent();
    const got = await equalCalls.once(equal, async ({ share, confirm }) =>
      call(content, item, {
        startedAt,
        keep(answer, by) {
          keep(answer, by);
          share(answer, deps.cache.stored?.(keys.key));
        },
        equal: { confirm, spent },
      }),
    );
    if (got.kind === "called") return spent.with(got.value);
    if (got.kind === "ended") return spent.with(without(endOfFailure(got.reason, [], deps)));
    return spent.with(without(cachedEnd(got.text), usageOfEqual(deps.cache, keys, got.text)));
  }

  /** Does the step. `keep` gets an answer that may be used again. Throws `NotSent` when an equal call stands for its own. */
  function call(
    content: JsonValue,
    item: PendingItem,
    { startedAt, keep, equal }: Calling,
  ): StepRun | Promise<StepRun> {
    const seat = seats.take(item, startedAt);
    const guard = equal && new CallGuard(equal.confirm);
    const calls = callsOf(item, { sinceMs: startedAt, turn: seat.turn, guard });
    const place: CodePlace = { kind: "step", phase: item.phase, step: step.name, itemId: item.itemId };
    const work: StepWork = { content, item, seat, calls, place, guard };

    const endWith = (tried: StepEnd, end: StepEnd): StepRun => {
      if (end.kind !== "released" && !isCancelled(end)) {
        deps.limits.stepEnded(step.name, { failed: end.kind === "failed" });
      }
      // An answer that needs review is not cached.
      if (keep && tried.kind === "done" && tried.reviewReason === undefined) {
        keep(tried.text, calls.usage?.answeredBy);
      }
      return { end, attempts: seat.attempt, durationMs: deps.clock.now() - startedAt, usage: calls.usage };
    };
    /** Of a first call that was cut off: there is no attempt after it. */
    const endAborted = (error: unknown): StepRun => {
      const reason: unknown = seat.signal.reason;
      const own = error === reason ? [] : [failedAttempt(error, seat.attempt, deps)];
      const end = endOfFailure(reason, own, deps);
      return endWith(end, end);
    };
    const goOnUnderPolicy = async (first: FailedCall | undefined): Promise<StepRun> => {
      if (first && seat.signal.aborted) return endAborted(first.error);
      const { tried, end } = await callUnderPolicy(work, first, equal?.spent);
      return endWith(tried, end);
    };
    const leaving = async (running: Promise<StepRun>): Promise<StepRun> => {
      try {
        return await running;
      } finally {
        seats.leave(seat);
      }
    };
    const whenCalled = async (returned: Promise<unknown>): Promise<StepRun> => {
      let end: StepEnd;
      try {
        const value = await unlessCut(seat, returned);
        // What it returned is of no use any more when it stopped the run itself.
        seat.signal.throwIfAborted();
        const output = step.validate ? inPlace(place, () => readOutput(value, step)) : readOutput(value, step);
        end = output instanceof Promise ? await unlessCut(seat, output) : output;
      } catch (error) {
        return goOnUnderPolicy({ kind: "failed", error });
      }
      return endWith(end, end);
    };

    if (seats.limits || seat.signal.aborted || RETRIES.hasSubscribers || !calls.isAtOnce()) {
      return leaving(goOnUnderPolicy(undefined));
    }
    const first = callFirst(work);
    if (first.kind === "called") return leaving(whenCalled(first.returned));
    if (first.kind === "failed") return leaving(goOnUnderPolicy(first));
    try {
      return endWith(first.end, first.end);
    } finally {
      seats.leave(seat);
    }
  }
}

/** Whoever listens to this channel is told of each attempt by the retry engine. */
const RETRIES = channel("holdfast:retry");

/** Gets an answer that may be used again, and the models that it is of. */
type Keep = (answer: string, answeredBy: readonly string[] | undefined) => void;

interface Calling {
  readonly startedAt: number;
  readonly keep?: Keep;
  /** Of a call that others wait for. */
  readonly equal?: { readonly confirm: ConfirmCall; readonly spent: Spent };
}

interface Cached extends Required<Pick<Calling, "startedAt" | "keep">> {
  readonly keys: AnswerKeys;
}

/** The end that a cached answer brings. */
const cachedEnd = (text: string): StepEnd => ({
  kind: "done",
  output: JSON.parse(text) as JsonValue,
  text,
  reviewReason: undefined,
});

/** A step that ended without a call. */
export const withoutCall = (end: StepEnd, durationMs = 0, usage?: Usage): StepRun => ({
  end,
  attempts: 0,
  durationMs,
  usage,
});

/** The end of an item that its user cancelled, before its next step. */
export const cancelledRun = (): StepRun =>
  withoutCall({ kind: "failed", failure: "cancelled_by_user", error: cancelledByUser(), failedAttempts: [] });
