import { Retrying, retryNever, type AttemptContext } from "../../../retry/index.ts";
import { StageType, type JsonValue } from "../../base/index.ts";
import { classifyFailure, StepError, WorkspaceBusyError, type FailedAttempt } from "../../failure/index.ts";
import type { RunnableStep, StepContext } from "../../pipeline/index.ts";
import type { RunDeps } from "../run-deps.ts";
import { inPlace } from "../running-code.ts";
import type { WorkspaceWaits } from "../waiting-line.ts";
import { whileBusy } from "../while-busy.ts";
import { attemptsInTime } from "./attempts-in-time.ts";
import type { CallGuard } from "./call-guard.ts";
import { endOfFailure, failedAttempt, isCancelled } from "./failed-ends.ts";
import type { FailedCall } from "./first-call.ts";
import type { Spent } from "./spent.ts";
import type { FailedEnd, StepEnd } from "./step-end.ts";
import { readOutput } from "./step-output.ts";
import type { StepSeat, StepSeats } from "./step-seats.ts";
import type { NextContext, StepWork } from "./step-work.ts";

/** What the attempts brought, and what the step's `onError` made of that. */
export interface PolicyEnd {
  readonly tried: StepEnd;
  readonly end: StepEnd;
}

/** Makes all calls of a step for one item; the first one was made already when it is given as the one that failed. */
export type UnderPolicy = (
  work: StepWork,
  first: FailedCall | undefined,
  spent: Spent | undefined,
) => Promise<PolicyEnd>;

interface PolicyUse {
  readonly nextContext: NextContext;
  readonly seats: StepSeats;
  readonly waits: WorkspaceWaits;
}

/** Makes the calls of a step under its policy. */
export function underPolicy(step: RunnableStep, deps: RunDeps, { nextContext, seats, waits }: PolicyUse): UnderPolicy {
  const isLoad = step.stage === StageType.load;
  return async (work, first, spent) => {
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
      failedAttempts.push(failedAttempt(error, attempt, deps));
      const isCutOff = error instanceof StepError && error.cutOffBy !== undefined;
      seat.cutOffs = isCutOff ? seat.cutOffs + 1 : 0;
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
  };
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
