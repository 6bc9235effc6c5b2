import type { FsyncRow } from "./parts/fsyncs.ts";
import type { LongRun } from "./parts/million.ts";
import type { ResumeTime } from "./parts/resume.ts";
import type { RetriedStep } from "./parts/retried-step.ts";
import type { SpeedRow } from "./parts/speed.ts";

/** Everything that one run of the benchmark measured. */
export interface Results {
  readonly small: readonly SpeedRow[];
  readonly large: readonly SpeedRow[];
  readonly fsyncs: readonly FsyncRow[];
  readonly tenth: LongRun;
  readonly million: LongRun;
  readonly resume: ResumeTime;
  readonly retried: RetriedStep;
}

/** One thing that was aimed at, and what came of it. */
export interface Goal {
  readonly name: string;
  readonly aim: string;
  readonly measured: string;
  readonly isMet: boolean;
}

/** Holds the results against the goals. */
export function goalsOf({ small, large, tenth, million, resume }: Results): readonly Goal[] {
  const times = million.seconds / tenth.seconds;
  const statusMs = million.statusMs.median - million.nodeStartMs.median;
  return [
    ...[small, large].flatMap(speedGoals),
    ...[small, large].map(delayGoal),
    atMost("peak memory, 1,000,000 items", 250, million.maxRssBytes / 1e6, "MB"),
    atMost("time for 10 times the items", 11, times, "times"),
    atMost("`holdfast status` while it runs, beside Node's own start", 300, statusMs, "ms"),
    atMost("first pending step of a resumed session", 1000, resume.firstStepMs.max, "ms"),
  ];
}

function speedGoals(rows: readonly SpeedRow[]): readonly Goal[] {
  const ours = rateOf(rows.find(({ entrant }) => entrant.name === "holdfast"));
  const floor = rateOf(rows.find(({ entrant }) => entrant.name === "floor"));
  const items = rows[0]?.items.toLocaleString("en-US");
  const best = bestPeer(rows);
  return [
    atLeast(`speed, ${items} items, beside the store alone`, 60, (100 * ours) / floor, "%"),
    atLeast(`speed, ${items} items, beside ${best?.entrant.title ?? "no peer"}`, 4, ours / rateOf(best), "times"),
  ];
}

function delayGoal(rows: readonly SpeedRow[]): Goal {
  const ours = rows.find(({ entrant }) => entrant.name === "holdfast");
  const items = ours?.items.toLocaleString("en-US");
  return atMost(`delay of the event loop, ${items} items, p99`, 5, ours?.delayMs.p99.median ?? Number.NaN, "ms");
}

/** The fastest of those that have each step on the disk before the next begins. */
function bestPeer(rows: readonly SpeedRow[]): SpeedRow | undefined {
  return rows.filter(({ entrant }) => entrant.isPeer && entrant.isDurable).toSorted((a, b) => rateOf(b) - rateOf(a))[0];
}

const rateOf = (row: SpeedRow | undefined): number => row?.stepsPerSecond.median ?? Number.NaN;

const atMost = (name: string, aim: number, measured: number, unit: string): Goal => ({
  name,
  aim: `<= ${aim} ${unit}`,
  measured: `${round(measured)} ${unit}`,
  isMet: measured <= aim,
});

const atLeast = (name: string, aim: number, measured: number, unit: string): Goal => ({
  name,
  aim: `>= ${aim} ${unit}`,
  measured: `${round(measured)} ${unit}`,
  isMet: measured >= aim,
});

const round = (value: number): string => String(Number(value.toPrecision(value < 100 ? 3 : 4)));
