import { HERD_IDEAL_SECONDS } from "./herd.ts";
import type { Row, Spread } from "./measurement.ts";
import { goalsOf, type Results } from "./results.ts";

/** The results as a page of tables. */
export function markdownOf(results: Results): string {
  return [
    "### Goals",
    table(
      ["", "aim", "measured", ""],
      goalsOf(results).map(({ name, aim, measured, isMet }) => [name, aim, measured, isMet ? "met" : "**missed**"]),
    ),
    "### Success at once",
    rowsTable(results.success, "us a call", 3),
    "### Two failures, then success, no wait in between",
    rowsTable(results.failure, "us a call", 2),
    "### Heap of each call asleep, of 100,000",
    rowsTable(results.heap, "bytes", 0),
    "### One signal shared by 20,000 calls asleep: to fall asleep and to be woken by the abort",
    rowsTable(results.signal, "us a call", 1),
    "### 2,000 clients of a server that answers 50 requests a second (simulated)",
    `At the very best the last client is served after ${HERD_IDEAL_SECONDS} s.`,
    table(
      ["waits", "last client served after", "requests per success", "most retries in a second"],
      results.herds.map(({ name, endedAtMs, requestsPerSuccess, peakRetriesPerSecond }) => [
        name,
        `${(endedAtMs / 1000).toFixed(1)} s`,
        requestsPerSuccess.toFixed(1),
        String(peakRetriesPerSecond),
      ]),
    ),
    "### Size in a bundle",
    table(
      ["import", "minified", "minified + Brotli"],
      results.sizes.map(({ name, minBytes, brotliBytes }) => [name, bytes(minBytes), bytes(brotliBytes)]),
    ),
  ].join("\n\n");
}

function rowsTable(rows: readonly Row[], unit: string, digits: number): string {
  return table(
    ["", unit, "beside the bare loop", ""],
    rows.map(({ name, figure, ratio, note = "" }) => [name, spread(figure, digits), spread(ratio, 2, "x"), note]),
  );
}

/** The median, and behind it between what bounds the middle half of the rounds lies. */
function spread(values: Spread | undefined, digits: number, unit = ""): string {
  if (values === undefined) return "-";
  const { median, low, high } = values;
  const text = (value: number): string => withCommas(value.toFixed(value >= 100 ? 0 : digits));
  return low === high ? `${text(median)}${unit}` : `${text(median)}${unit} (${text(low)} .. ${text(high)})`;
}

function bytes(count: number): string {
  return `${withCommas(String(count))} B`;
}

function withCommas(digits: string): string {
  return digits.replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ",");
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, heads.map((head, column) => (column === 0 || head === "" ? "---" : "---:")), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
