import type { Duration } from "../../retry/index.ts";

/** A limit of time that ended a step, or one attempt of it. */
export interface TimeLimit {
  /** Its name as an option of a run. */
  readonly limit: "stepTimeout" | "attemptTimeout";
  readonly duration: Duration;
  /** Whether the step has it of its own, which no option of a run changes. */
  readonly isOfStep: boolean;
}

export interface TimeLimitMet extends TimeLimit {
  readonly step: string;
  /** How many attempts there were; of an attempt, which one it was. */
  readonly attempt: number;
}

/** What is said of a step that a limit ended. {@link timeLimitIn} finds the limit in it again. */
export function timeLimitText({ limit, duration, isOfStep, step, attempt }: TimeLimitMet): string {
  const ended =
    limit === "stepTimeout"
      ? `Step "${step}" did not end within ${inWords(duration)} (${attempt === 1 ? "1 attempt" : `${attempt} attempts`}).`
      : `Attempt ${attempt} of step "${step}" did not end within ${inWords(duration)}.`;
  return `${ended} Raise ${isOfStep ? `the step's \`${OF_STEP[limit]}\`` : `\`${limit}\` (${TIME_FLAGS[limit]})`} if it needs longer.`;
}

/**
 * The limit that a failure's message names; `undefined` for a failure of another kind. The message is what a failure
 * keeps, in old sessions and on its way from a worker too.
 */
export function timeLimitIn(message: string): TimeLimit | undefined {
  const { attempt, duration, ofRun, ofStep } = MET.exec(message)?.groups ?? {};
  if (duration === undefined || (ofRun ?? ofStep) === undefined) return undefined;
  return {
    limit: attempt === undefined ? "stepTimeout" : "attemptTimeout",
    duration: duration as Duration,
    isOfStep: ofStep !== undefined,
  };
}

/** Twice as long. */
export function raisedLimit(duration: Duration): Duration {
  if (typeof duration === "number") return duration * 2;
  return duration.replace(/^\d+(?:\.\d+)?/, (digits) => String(Number(digits) * 2)) as Duration;
}

/** The flags that set the limits. */
export const TIME_FLAGS = { stepTimeout: "--step-timeout", attemptTimeout: "--attempt-timeout" } as const;

const OF_STEP = { stepTimeout: "timeout", attemptTimeout: "attemptTimeout" } as const;

const MET =
  /^(?:Step|(?<attempt>Attempt \d+ of step)) ".*" did not end within (?<duration>\d+(?:\.\d+)?(?:ms|s|m|h))(?: \(\d+ attempts?\))?\. Raise (?:`(?<ofRun>stepTimeout|attemptTimeout)`|the step's `(?<ofStep>timeout|attemptTimeout)`)/s;

/** With a unit, as a flag has it. */
const inWords = (duration: Duration): string => (typeof duration === "string" ? duration : `${duration / 1000}s`);
