import { waitNone } from "../../../retry/index.ts";
import { drawSchedule } from "./draw-schedule.ts";
import { scheduleOf, type Spread } from "./schedule.ts";
import { secondsNumber, secondsText } from "./seconds-text.ts";
import { describeWaits, type StrategyName, strategyOf } from "./strategies.ts";
import type { Waits } from "./waits.ts";

/** A report for programs and for people. */
export interface Report {
  readonly document: unknown;
  readonly lines: readonly string[];
}

export interface ScheduleRequest {
  readonly strategy: StrategyName;
  readonly waits: Waits;
  readonly maxAttempts: number;
  /** How many characters a line may have. */
  readonly width: number;
}

/** Reports the waits of a call, attempt by attempt, when every attempt fails. */
export function reportSchedule({ strategy, waits, maxAttempts, width }: ScheduleRequest): Report {
  const schedule = scheduleOf(strategyOf(strategy, waits) ?? waitNone(), maxAttempts);
  const total = schedule.at(-1)?.passed ?? { minMs: 0, meanMs: 0, maxMs: 0 };
  const attempts = maxAttempts === 1 ? "1 attempt" : `${maxAttempts.toLocaleString("en-US")} attempts`;
  return {
    document: {
      strategy,
      ...waits,
      maxAttempts,
      attempts: schedule.map(({ attemptNumber, wait, passed }) => ({
        attemptNumber,
        waitSeconds: spreadSeconds(wait),
        passedSeconds: spreadSeconds(passed),
      })),
      totalSeconds: spreadSeconds(total),
    },
    lines: [
      `${strategy}: ${attempts}, waits of ${describeWaits(strategy, waits)}`,
      "",
      ...drawSchedule(schedule, width),
      "",
      ...totalLines(total),
    ],
  };
}

function totalLines({ minMs, meanMs, maxMs }: Spread): readonly string[] {
  if (maxMs === 0) return ["It gives up without any waiting; the calls' own time is all it takes."];
  const spread = minMs === maxMs ? "" : ` on average, ${secondsText(maxMs)} at worst`;
  return [`It gives up after ${secondsText(meanMs)} of waiting${spread}.`, "The calls' own time comes on top."];
}

function spreadSeconds({ minMs, meanMs, maxMs }: Spread) {
  return { min: secondsNumber(minMs), mean: secondsNumber(meanMs), max: secondsNumber(maxMs) };
}
