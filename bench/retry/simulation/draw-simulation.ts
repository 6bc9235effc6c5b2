import { numberText, secondsText } from "../../../src/cli/text/backoff/seconds-text.ts";
import type { Simulation } from "./simulate.ts";

/** A strategy and what it led to. */
export interface Result {
  readonly strategy: string;
  /** What distinguishes it from another use of the same strategy: `0.5 s to 20 s`. */
  readonly waits: string;
  readonly simulation: Simulation;
}

/** What the drawing is scaled to. */
export interface Scale {
  readonly ratePerSecond: number;
  /** The time that a perfect schedule takes; the histogram shows half as much again. */
  readonly idealMs: number;
  readonly width: number;
}

/** The results side by side, in numbers. Where a line of `width` characters has no room for the waits, they are left out. */
export function drawResults(results: readonly Result[], width: number): readonly string[] {
  const lines = tableOf(COLUMNS, results);
  return (lines[0]?.length ?? 0) <= width ? lines : tableOf(COLUMNS.toSpliced(1, 1), results);
}

interface Column {
  readonly heading: string;
  readonly cell: (result: Result) => string;
  readonly isText?: boolean;
}

const COLUMNS: readonly Column[] = [
  { heading: "strategy", cell: ({ strategy }) => strategy, isText: true },
  { heading: "waits", cell: ({ waits }) => waits, isText: true },
  { heading: "all served", cell: ({ simulation }) => servedText(simulation) },
  { heading: "requests/success", cell: ({ simulation }) => numberText(simulation.requestsPerSuccess) },
  { heading: "peak/s", cell: ({ simulation }) => numberText(simulation.peakRetriesPerSecond) },
];

function tableOf(columns: readonly Column[], results: readonly Result[]): readonly string[] {
  const blocks = columns.map(({ heading, cell, isText }) => {
    const cells = [heading, ...results.map(cell)];
    const width = Math.max(...cells.map(({ length }) => length));
    return cells.map((text) => (isText ? text.padEnd(width) : text.padStart(width)));
  });
  return blocks[0]?.map((_, row) => blocks.map((block) => block[row]).join("  ")) ?? [];
}

function servedText({ served, gaveUp, unfinished, endedAtMs }: Simulation): string {
  if (gaveUp > 0) return `${numberText(gaveUp)} gave up`;
  return unfinished > 0 ? `${numberText(served)} by ${secondsText(endedAtMs)}` : secondsText(endedAtMs);
}

/** Each strategy's requests over the first part of the time: a line each, a column for so many seconds. */
export function drawHistograms(
  results: readonly Result[],
  { ratePerSecond, idealMs, width }: Scale,
): readonly string[] {
  const nameWidth = Math.max(...results.map(({ strategy }) => strategy.length));
  const columns = Math.max(10, Math.min(MOST_COLUMNS, width - nameWidth - 2));
  const columnSeconds = Math.max(1, Math.ceil((1.5 * idealMs) / 1000 / columns));
  const answered = ratePerSecond * columnSeconds;
  return [
    `The first ${secondsText(columns * columnSeconds * 1000)}, ${secondsText(columnSeconds * 1000)} a column: requests against what the server can answer`,
    LEVELS.map(({ mark, most }) => `${mark} ${most < Infinity ? `up to ${most}x` : "more"}`).join("   "),
    "",
    ...results.map(({ strategy, simulation: { requestsPerSecond } }) => {
      const marks = Array.from({ length: columns }, (_, column) =>
        markOf(sum(requestsPerSecond.slice(column * columnSeconds, (column + 1) * columnSeconds)) / answered),
      );
      return `${strategy.padEnd(nameWidth)}  ${marks.join("")}`.trimEnd();
    }),
  ];
}

const MOST_COLUMNS = 60;

/** Each level is twice the one before, since a herd without jitter is a hundred times what a spread one is. */
const LEVELS: readonly { readonly mark: string; readonly most: number }[] = [
  { mark: ".", most: 1 },
  { mark: ":", most: 2 },
  { mark: "+", most: 4 },
  { mark: "*", most: 8 },
  { mark: "#", most: 16 },
  { mark: "@", most: Infinity },
];

function markOf(load: number): string {
  return load === 0 ? " " : (LEVELS.find(({ most }) => load <= most)?.mark ?? "@");
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
