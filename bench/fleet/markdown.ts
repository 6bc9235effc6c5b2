import type { Spread } from "../sessions/spread.ts";
import type { RaceRow } from "./race.ts";

/** What one database gave. */
export interface BackendResult {
  readonly title: string;
  readonly items: number;
  readonly steps: number;
  readonly rows: readonly RaceRow[];
}

/** The results as tables. */
export function markdownOf(results: readonly BackendResult[]): string {
  return results
    .flatMap(({ title, items, steps, rows }) => [
      `### ${title}, ${number(items)} items of ${steps} steps`,
      table(
        ["worker processes", "BullMQ alone, steps/s", "Holdfast, steps/s", "Holdfast is", "goal"],
        rows.map(({ workers, raw, holdfast, ratio }) => [
          String(workers),
          spread(raw),
          spread(holdfast),
          spread(ratio, 2),
          ratio.median >= GOAL ? "met" : "**missed**",
        ]),
      ),
      "Processor microseconds a step:",
      table(
        ["worker processes", "BullMQ alone: owner", "workers", "Holdfast: owner", "workers"],
        rows.map(({ workers, rawCpu, holdfastCpu }) => [
          String(workers),
          ...[rawCpu.owner, rawCpu.workers, holdfastCpu.owner, holdfastCpu.workers].map((each) => spread(each, 1)),
        ]),
      ),
    ])
    .join("\n\n");
}

/** Of what the queue alone does. */
const GOAL = 0.8;

/** The median, and behind it how far the rounds lie apart. */
function spread({ median, min, max }: Spread, digits = 0): string {
  const text = (value: number): string =>
    value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return min === max ? text(median) : `${text(median)} (${text(min)} .. ${text(max)})`;
}

const number = (value: number): string => Math.round(value).toLocaleString("en-US");

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, heads.map((_, column) => (column === 0 ? "---" : "---:")), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
