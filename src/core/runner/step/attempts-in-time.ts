import { TimeoutError, parseDuration, type AttemptContext } from "../../../retry/index.ts";
import { timeLimitText, type TimeLimit } from "../../failure/index.ts";
import { letGoOnAbort } from "../../lane/index.ts";
import type { RunnableStep } from "../../pipeline/index.ts";
import type { RunDeps } from "../run-deps.ts";
import type { StepEnd } from "./step-end.ts";
import { GaveUp, type StepLimits, type StepSeat } from "./step-seats.ts";

export interface AttemptsInTime {
  readonly seat: StepSeat;
  readonly tryOnce: (given: AttemptContext) => Promise<StepEnd>;
  readonly onFailed: (error: unknown, attempt: number) => void;
  readonly deps: Pick<RunDeps, "clock">;
}

/**
 * The attempts of a step that has limits of time. The retry engine keeps the time and aborts the attempt's signal. From
 * then on the call has a moment to end, and is let go: no attempt begins before that, and what it returns later is ignored.
 */
export function attemptsInTime(
  step: RunnableStep,
  limits: StepLimits,
  { seat, tryOnce, onFailed, deps }: AttemptsInTime,
): { run(): Promise<StepEnd> } {
  const attemptMs = parseDuration(limits.attemptTimeout ?? Infinity);
  let before: Promise<unknown> = Promise.resolve();
  let last: { readonly error: unknown; readonly isOutOfTime: boolean } | undefined;

  async function attempt(given: AttemptContext, number: number): Promise<StepEnd> {
    const { signal } = given;
    const isStepsTime = given.remainingMs < attemptMs;
    try {
      return await letGoOnAbort(() => tryOnce(given), signal, deps.clock);
    } catch (thrown) {
      const isCut = signal.aborted && thrown === signal.reason && thrown !== seat.signal.reason;
      const error = isCut ? (isStepsTime ? ofStep(undefined) : ofAttempt(number)) : thrown;
      last = { error, isOutOfTime: isCut && isStepsTime };
      onFailed(error, number);
      throw error;
    }
  }

  const met = (limit: TimeLimit["limit"], attempt: number): string => {
    const own = limit === "stepTimeout" ? step.timeout : step.attemptTimeout;
    const duration = (limit === "stepTimeout" ? limits.timeout : limits.attemptTimeout) ?? 0;
    return timeLimitText({ limit, duration, isOfStep: own !== undefined, step: step.name, attempt });
  };
  const ofStep = (cause: unknown): TimeoutError => new TimeoutError(met("stepTimeout", seat.attempt), { cause });
  const ofAttempt = (number: number): TimeoutError => new TimeoutError(met("attemptTimeout", number));

  return {
    async run() {
      try {
        return await seat.policy.run(async (given) => {
          await before;
          seat.attempt += 1;
          const running = attempt(given, seat.attempt);
          before = running.catch(() => {});
          return running;
        });
      } catch (error) {
        // The engine does not wait for the call that it cut off.
        await before;
        if (!(error instanceof GaveUp)) throw error;
        const isStepsTime = error.details.reason === "deadline" && !last?.isOutOfTime;
        const reason: unknown = isStepsTime ? ofStep(last?.error) : last?.error;
        throw reason;
      }
    },
  };
}
