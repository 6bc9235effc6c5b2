import type { Spread } from "./spread.ts";
import type { FsyncRow } from "./parts/fsyncs.ts";
import type { LongRun } from "./parts/million.ts";
import { QUANTILES, type SpeedRow } from "./parts/speed.ts";
import { goalsOf, type Results } from "./results.ts";

/** The results as tables. */
export function markdownOf(results: Results): string {
  const { small, large, fsyncs, tenth, million, resume, retried } = results;
  return [
    "### Goals",
    table(
      ["", "aim", "measured", ""],
      goalsOf(results).map(({ name, aim, measured, isMet }) => [name, aim, measured, isMet ? "met" : "**missed**"]),
    ),
    `### Durable steps a second, ${number(small[0]?.items ?? 0)} items`,
    speedTable(small),
    `### Durable steps a second, ${number(large[0]?.items ?? 0)} items`,
    speedTable(large),
    `### Delay of the event loop in ms, ${number(small[0]?.items ?? 0)} items`,
    delayTable(small),
    `### Delay of the event loop in ms, ${number(large[0]?.items ?? 0)} items`,
    delayTable(large),
    "### Calls of fsync and fdatasync, counted by strace",
    fsyncTable(fsyncs),
    "### Many items",
    table(
      [
        "items",
        "steps",
        "seconds",
        "processor seconds",
        "steps/s",
        "peak memory",
        "state.db",
        "`holdfast status` meanwhile",
        "Node's own start",
      ],
      [tenth, million].map(longRunCells),
    ),
    "### Resume",
    `A session of which ${number(resume.done)} items are done and ${number(resume.pending)} are pending begins the first ` +
      `pending step ${spread(resume.firstStepMs, 0)} ms after \`resumeSession\` is called, and ` +
      `${spread(resume.fromProcessStartMs, 0)} ms after the process is started.`,
    "### A retry",
    `\`retryCall\` of a function that fails once, without a wait: ${spread(retried.bareUs, 1)} us. An item of two durable ` +
      `steps: ${spread(retried.smoothStepUs, 1)} us; the same with the first step failing once: ` +
      `${spread(retried.retriedStepUs, 1)} us.`,
  ].join("\n\n");
}

function speedTable(rows: readonly SpeedRow[]): string {
  const ours = rows.find(({ entrant }) => entrant.name === "holdfast")?.stepsPerSecond.median ?? Number.NaN;
  return table(
    ["", "items", "steps/s", "Holdfast is", "processor us a step"],
    rows.map(({ entrant, items, stepsPerSecond, cpuUsPerStep }) => [
      entrant.title,
      number(items),
      spread(stepsPerSecond, 0),
      entrant.name === "holdfast" ? "" : `${(ours / stepsPerSecond.median).toFixed(2)} x`,
      spread(cpuUsPerStep, 1),
    ]),
  );
}

function delayTable(rows: readonly SpeedRow[]): string {
  return table(
    ["", "items", ...QUANTILES],
    rows.map(({ entrant, items, delayMs }) => [
      entrant.title,
      number(items),
      ...QUANTILES.map((quantile) => spread(delayMs[quantile], 1)),
    ]),
  );
}

function fsyncTable(rows: readonly FsyncRow[]): string {
  return table(
    ["", "items", "steps", "calls", "steps a call"],
    rows.map(({ entrant, items, steps, fsyncs }) => [
      entrant.title,
      number(items),
      number(items * steps),
      number(fsyncs),
      fsyncs === 0 ? "none made" : ((items * steps) / fsyncs).toFixed(1),
    ]),
  );
}

const longRunCells = (run: LongRun): readonly string[] => [
  number(run.items),
  String(run.steps),
  run.seconds.toFixed(1),
  run.cpuSeconds.toFixed(1),
  number((run.items * run.steps) / run.seconds),
  `${(run.maxRssBytes / 1e6).toFixed(0)} MB`,
  `${run.bytesPerStep.toFixed(0)} B a step`,
  `${spread(run.statusMs, 0)} ms`,
  `${spread(run.nodeStartMs, 0)} ms`,
];

/** The median, and behind it how far the rounds lie apart. */
function spread({ median, min, max }: Spread, digits: number): string {
  const text = (value: number): string =>
    value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return min === max ? text(median) : `${text(median)} (${text(min)} .. ${text(max)})`;
}

const number = (value: number): string => Math.round(value).toLocaleString("en-US");

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, heads.map((_, column) => (column === 0 ? "---" : "---:")), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
