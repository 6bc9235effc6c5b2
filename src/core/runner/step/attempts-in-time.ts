import { TimeoutError, parseDuration, type AttemptContext, type Duration } from "../../../retry/index.ts";
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

  const ofStep = (cause: unknown): TimeoutError =>
    new TimeoutError(
      `Step "${step.name}" did not end within ${inWords(limits.timeout)} (${countOf(seat.attempt)}). ${more(step.timeout, "timeout", STEP)}`,
      { cause },
    );
  const ofAttempt = (number: number): TimeoutError =>
    new TimeoutError(
      `Attempt ${number} of step "${step.name}" did not end within ${inWords(limits.attemptTimeout)}. ${more(step.attemptTimeout, "attemptTimeout", ATTEMPT)}`,
    );

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

const STEP = "`stepTimeout` (--step-timeout)";
const ATTEMPT = "`attemptTimeout` (--attempt-timeout)";

const more = (own: Duration | undefined, name: string, ofRun: string): string =>
  `Raise ${own === undefined ? ofRun : `the step's \`${name}\``} if it needs longer.`;

const countOf = (attempts: number): string => (attempts === 1 ? "1 attempt" : `${attempts} attempts`);

const inWords = (duration: Duration | undefined): string =>
  typeof duration === "string" ? duration : `${(duration ?? 0) / 1000}s`;
