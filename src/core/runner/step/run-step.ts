import { channel } from "node:diagnostics_channel";
import { Retrying, retryNever, type AttemptContext } from "../../../retry/index.ts";
import { answerKey, type RunnableStep, type StepContext } from "../../pipeline/index.ts";
import {
  messageOf,
  FAILURES,
  StepError,
  WorkspaceBusyError,
  classifyFailure,
  type FailedAttempt,
} from "../../failure/index.ts";
import { StageType, type JsonValue } from "../../base/index.ts";
import type { RunDeps } from "../run-deps.ts";
import { readOutput } from "./step-output.ts";
import { EqualCalls } from "./equal-calls.ts";
import type { FailedEnd, StepEnd } from "./step-end.ts";
import { CallGuard, type ConfirmCall } from "./call-guard.ts";
import { Spent } from "./spent.ts";
import { attemptsInTime } from "./attempts-in-time.ts";
import { cancelledByUser } from "../in-flight.ts";
import { readAnswer, whileBusy } from "../while-busy.ts";
import { inPlace, type CodePlace } from "../running-code.ts";
import { contextsOf, type ContextParts } from "./item-context.ts";
import { stepCalls, type ItemCalls } from "./step-calls.ts";
import { stepSeats, type StepSeat, type StepSeats } from "./step-seats.ts";
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
  const contextOf = contextsOf(step, deps);
  const { leases } = deps;
  const isLoad = step.stage === StageType.load;
  const { waits = { clock: deps.clock, drain: deps.control.drain } } = deps;
  const equalCalls = leases && new EqualCalls({ ...deps, leases, timeout: seats.limits?.timeout });

  return (content, item) => {
    const startedAt = deps.clock.now();
    const cacheKey = answerKey(step, content, { pipeline: deps.pipeline, model: deps.services.model });
    if (cacheKey === undefined) return call(content, item, { startedAt });
    const keep = (answer: string): void => deps.cache.set(cacheKey, step.name, answer);
    // A completed item that is retried must not use the answers of others.
    if (item.force) return call(content, item, { startedAt, keep });
    return cached(content, item, { startedAt, keep, cacheKey });
  };

  async function cached(
    content: JsonValue,
    item: PendingItem,
    { startedAt, keep, cacheKey }: Cached,
  ): Promise<StepRun> {
    const without = (end: StepEnd): StepRun => withoutCall(end, deps.clock.now() - startedAt);
    const reading = readAnswer(() => deps.cache.get(cacheKey), waits);
    let kept: string | undefined;
    try {
      kept = reading instanceof Promise ? await reading : reading;
    } catch (error) {
      return without(endOfFailure(error, [], deps));
    }
    if (kept !== undefined) return without(keptEnd(kept));
    if (!equalCalls) return call(content, item, { startedAt, keep });
    const asked = { key: cacheKey, step: step.name, item, startedAtMs: startedAt };
    const spent = new Spent();
    const got = await equalCalls.once(asked, async ({ share, confirm }) =>
      call(content, item, {
        startedAt,
        keep(answer) {
          keep(answer);
          share(answer, deps.cache.stored?.(cacheKey));
        },
        equal: { confirm, spent },
      }),
    );
    if (got.kind === "called") return spent.with(got.value);
    return spent.with(without(got.kind === "answered" ? keptEnd(got.text) : endOfFailure(got.reason, [], deps)));
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
      if (keep && tried.kind === "done" && tried.reviewReason === undefined) keep(tried.text);
      return { end, attempts: seat.attempt, durationMs: deps.clock.now() - startedAt, usage: calls.usage };
    };
    /** Of a first call that was cut off: there is no attempt after it. */
    const endAborted = (error: unknown): StepRun => {
      const reason: unknown = seat.signal.reason;
      const own = error === reason ? [] : [failedAttempt(error, seat.attempt)];
      const end = endOfFailure(reason, own, deps);
      return endWith(end, end);
    };
    const underPolicy = async (first: FailedCall | undefined): Promise<StepRun> => {
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
        return underPolicy({ kind: "failed", error });
      }
      return endWith(end, end);
    };

    if (seats.limits || seat.signal.aborted || RETRIES.hasSubscribers || !calls.isAtOnce()) {
      return leaving(underPolicy(undefined));
    }
    const first = callFirst(work);
    if (first.kind === "called") return leaving(whenCalled(first.returned));
    if (first.kind === "failed") return leaving(underPolicy(first));
    try {
      return endWith(first.end, first.end);
    } finally {
      seats.leave(seat);
    }
  }

  function failedAttempt(error: unknown, attempt: number): FailedAttempt {
    return { attempt, kind: classifyFailure(error), error, at: deps.clock.wallNow() };
  }

  function nextContext(
    { item, seat, calls }: StepWork,
    signal: AbortSignal,
    refused: ContextParts["refused"],
  ): StepContext {
    return contextOf(item, { attempt: seat.attempt, refused, model: calls.modelOf(signal), signal });
  }

  /**
   * Makes the first call of a step that waits for nothing before it. Most steps succeed at once, and what returns a value
   * and not a promise of one has no need of what retries, ends or waits for calls.
   */
  function callFirst(work: StepWork): FirstCall {
    const { content, seat, place } = work;
    const { signal } = seat;
    seat.attempt = 1;
    try {
      const ctx = nextContext(work, signal, []);
      const returned = deps.running.run(place, () => step.process(content as never, ctx));
      if (returned instanceof Promise) return { kind: "called", returned };
      // What it returned is of no use any more when it stopped the run itself.
      signal.throwIfAborted();
      if (step.validate) return { kind: "called", returned: Promise.resolve(returned) };
      return { kind: "ended", end: readOutput(returned, step) as StepEnd };
    } catch (error) {
      return { kind: "failed", error };
    }
  }

  /** Makes all calls of a step under its policy; the first one was made already when it is given as the one that failed. */
  async function callUnderPolicy(
    work: StepWork,
    first: FailedCall | undefined,
    spent: Spent | undefined,
  ): Promise<{ readonly tried: StepEnd; readonly end: StepEnd }> {
    const { content, seat, calls, place, guard } = work;
    const failedAttempts: FailedAttempt[] = [];
    const contextFor = (signal: AbortSignal): StepContext =>
      nextContext(
        work,
        signal,
        failedAttempts.filter(({ kind }) => kind === "answer"),
      );
    let made = first;
    const onWait = (isWaiting: boolean): void =>
      void (seat.waitsFor = isWaiting ? "the workspace, which another process has locked" : undefined);
    const tryUnguarded = async ({ signal }: AttemptContext): Promise<StepEnd> => {
      const once = async (): Promise<unknown> => {
        const before = made;
        made = undefined;
        if (before) throw before.error;
        const ctx = contextFor(signal);
        return deps.running.run(place, () => step.process(content as never, ctx));
      };
      // What a load writes is known to the ledger: it may be repeated. Another step may have paid for something.
      const patiently = (): Promise<unknown> => {
        const found = made?.error;
        if (made && !(found instanceof WorkspaceBusyError)) return once();
        made = undefined;
        return whileBusy(once, { waits, onWait, found });
      };
      const process = isLoad ? patiently : once;
      let returned: unknown;
      try {
        returned = await calls.run(process, signal);
      } catch (error) {
        throw isLoad ? error : laterWhenBusy(error);
      }
      const read = (): ReturnType<typeof readOutput> => readOutput(returned, step);
      const output = calls.note(step.validate ? () => inPlace(place, read) : read);
      return output instanceof Promise ? await output : output;
    };
    const tryOnce = guard ? guarded(tryUnguarded, guard) : tryUnguarded;
    const onFailed = (error: unknown, attempt: number): void => {
      failedAttempts.push(failedAttempt(error, attempt));
    };
    const attempt = async (given: AttemptContext): Promise<StepEnd> => {
      seat.attempt += 1;
      try {
        return await tryOnce(given);
      } catch (error) {
        onFailed(error, seat.attempt);
        throw error;
      }
    };

    let tried: StepEnd;
    try {
      // The first call is counted again when its attempt begins.
      seat.attempt = 0;
      const tries = seats.limits ? attemptsInTime(step, seats.limits, { seat, tryOnce, onFailed, deps }) : undefined;
      tried = await (tries ? tries.run() : seat.policy.run(attempt));
    } catch (error) {
      tried = endOfFailure(error, failedAttempts, deps);
    }
    if (guard?.stopped) {
      spent?.add(seat.attempt - (guard.hasSent ? 0 : 1), calls.usage);
      throw guard.stopped;
    }
    if (tried.kind !== "failed" || isCancelled(tried)) return { tried, end: tried };
    const failed = tried;
    const end = await inPlace(place, () =>
      calls.note(() => lastWord(step, failed, { content, contextFor, seats, seat, deps })),
    );
    return { tried, end };
  }
}

/** Whoever listens to this channel is told of each attempt by the retry engine. */
const RETRIES = channel("holdfast:retry");

/** One item in one step. */
interface StepWork {
  readonly content: JsonValue;
  readonly item: PendingItem;
  readonly seat: StepSeat;
  readonly calls: ItemCalls;
  readonly place: CodePlace;
  readonly guard: CallGuard | undefined;
}

/** What became of a first call that was made at once. */
type FirstCall =
  | { readonly kind: "ended"; readonly end: StepEnd }
  | { readonly kind: "called"; readonly returned: Promise<unknown> }
  | FailedCall;

interface FailedCall {
  readonly kind: "failed";
  readonly error: unknown;
}

/**
 * Settles as the call does, but not past the end of its seat's work: from then on what it returns is ignored. A call that
 * ends with its signal does so within that turn of the event loop.
 */
const unlessCut = <T>(seat: StepSeat, call: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    seat.cut = (reason) => void setImmediate(() => reject(reason));
    if (seat.signal.aborted) seat.cut(seat.signal.reason);
    call.then(resolve, reject);
  });

interface Calling {
  readonly startedAt: number;
  readonly keep?: (answer: string) => void;
  /** Of a call that others wait for. */
  readonly equal?: { readonly confirm: ConfirmCall; readonly spent: Spent };
}

interface Cached extends Required<Pick<Calling, "startedAt" | "keep">> {
  readonly cacheKey: string;
}

/** Another attempt may find the workspace free. */
const laterWhenBusy = (error: unknown): unknown =>
  error instanceof WorkspaceBusyError ? new StepError("transient", error.message, { cause: error }) : error;

/** Ends an attempt whose call is not needed any more: no failure, and nothing to try again, whatever the step made of it. */
const guarded =
  (tryOnce: (given: AttemptContext) => Promise<StepEnd>, guard: CallGuard) =>
  async (given: AttemptContext): Promise<StepEnd> => {
    try {
      const end = await tryOnce(given);
      return guard.stopped ? { kind: "released" } : end;
    } catch (error) {
      if (guard.stopped) return { kind: "released" };
      throw error;
    }
  };

/** The end that an answer brings which was kept. */
const keptEnd = (text: string): StepEnd => ({
  kind: "done",
  output: JSON.parse(text) as JsonValue,
  text,
  reviewReason: undefined,
});

/** A step that ended without a call. */
export const withoutCall = (end: StepEnd, durationMs = 0): StepRun => ({
  end,
  attempts: 0,
  durationMs,
  usage: undefined,
});

/** What a user cancels is no sign that the work goes wrong. */
const isCancelled = (end: StepEnd): boolean => end.kind === "failed" && end.failure === "cancelled_by_user";

/** The end of an item that its user cancelled, before its next step. */
export const cancelledRun = (): StepRun =>
  withoutCall({ kind: "failed", failure: "cancelled_by_user", error: cancelledByUser(), failedAttempts: [] });

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

interface LastWord {
  readonly content: JsonValue;
  readonly contextFor: (signal: AbortSignal) => StepContext;
  readonly seats: StepSeats;
  readonly seat: StepSeat;
  readonly deps: RunDeps;
}

/** The result of `onError` for a failure. When `onError` itself fails, that is the failure. It has as long as an attempt. */
async function lastWord(
  step: RunnableStep,
  failed: FailedEnd,
  { content, contextFor, seats: { limits }, seat, deps }: LastWord,
): Promise<StepEnd> {
  if (!step.onError) return failed;
  const once = new Retrying({
    retry: retryNever,
    name: `${step.name} (onError)`,
    signal: seat.signal,
    attemptTimeout: limits?.attemptTimeout ?? limits?.timeout,
    clock: deps.clock,
  });
  try {
    const value = await once.run(({ signal }) => step.onError?.(failed.error, content as never, contextFor(signal)));
    return value === undefined ? failed : await readOutput(value, step);
  } catch (error) {
    if (seat.signal.aborted) return endOfFailure(error, failed.failedAttempts, deps);
    return { ...failed, failure: classifyFailure(error), error };
  }
}
