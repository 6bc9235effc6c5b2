import type { ScheduledAttempt, Spread } from "./schedule.ts";
import { secondsText } from "./seconds-text.ts";

/**
 * Renders a schedule as a table with a bar for each wait, at most `width` characters wide where the numbers leave room
 * for bars.
 */
export function drawSchedule(schedule: readonly ScheduledAttempt[], width: number): readonly string[] {
  const shown = shorten(schedule);
  const rows = [HEADINGS, ...shown.map(({ attempt }) => cellsOf(attempt))];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("  "));
  const [heading = "", ...table] = lines;
  const barWidth = width - heading.length - 2;
  const longestMs = Math.max(...schedule.map(({ wait }) => wait.maxMs));
  return [
    heading,
    ...table.flatMap((line, index) => {
      const { attempt, hidden } = shown[index] ?? {};
      if (attempt === undefined) return [];
      const bar = barWidth < NARROWEST_BAR ? "" : barOf(attempt.wait, barWidth / longestMs);
      const drawn = `${line}  ${bar}`.trimEnd();
      return hidden ? [`... ${hidden.toLocaleString("en-US")} more attempts`, drawn] : [drawn];
    }),
    ...legendOf(schedule, barWidth),
  ];
}

const HEADINGS: readonly string[] = ["attempt", "wait before it", "mean", "passed", "at worst"];
const NARROWEST_BAR = 10;
const MOST_ROWS = 25;

interface Shown {
  readonly attempt: ScheduledAttempt;
  /** How many attempts before it are left out. */
  readonly hidden: number;
}

/** All attempts, or the first ones and the last when there are very many. */
function shorten(schedule: readonly ScheduledAttempt[]): readonly Shown[] {
  const kept = schedule.length > MOST_ROWS ? [...schedule.slice(0, MOST_ROWS - 1), ...schedule.slice(-1)] : schedule;
  return kept.map((attempt, index) => ({ attempt, hidden: attempt.attemptNumber - index - 1 }));
}

function cellsOf({ attemptNumber, wait, passed }: ScheduledAttempt): readonly string[] {
  return [
    String(attemptNumber),
    attemptNumber === 1 ? "none" : rangeText(wait),
    attemptNumber === 1 ? "" : secondsText(wait.meanMs),
    secondsText(passed.meanMs),
    secondsText(passed.maxMs),
  ];
}

function rangeText({ minMs, maxMs }: Spread): string {
  return minMs === maxMs ? secondsText(minMs) : `${secondsText(minMs)} to ${secondsText(maxMs)}`;
}

/** `####--|---`: what is waited for certain, what jitter may add, and the mean. */
function barOf({ minMs, meanMs, maxMs }: Spread, cellsPerMs: number): string {
  if (maxMs === 0) return "";
  const certain = Math.round(minMs * cellsPerMs);
  const all = Math.max(1, Math.round(maxMs * cellsPerMs));
  if (minMs === maxMs) return "#".repeat(all);
  const mean = Math.min(all - 1, Math.round(meanMs * cellsPerMs));
  const bar = "#".repeat(certain).padEnd(all, "-");
  return `${bar.slice(0, mean)}|${bar.slice(mean + 1)}`;
}

function legendOf(schedule: readonly ScheduledAttempt[], barWidth: number): readonly string[] {
  const hasJitter = schedule.some(({ wait }) => wait.minMs !== wait.maxMs);
  return barWidth >= NARROWEST_BAR && hasJitter ? ["", "#  waited for certain   -  added by jitter   |  the mean"] : [];
}
