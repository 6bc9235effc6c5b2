import type { LargeZip } from "./parts/large-zip.ts";
import type { ReaderRow } from "./parts/readers.ts";
import type { WholeImport } from "./parts/whole-import.ts";
import type { Spread } from "./spread.ts";

/** Everything that one run of the benchmark measured. */
export interface Results {
  readonly readers: readonly ReaderRow[];
  readonly zip: LargeZip;
  readonly whole: WholeImport;
}

/** The results as tables. */
export function markdownOf({ readers, zip, whole }: Results): string {
  const ours = readers.find(({ isOurs }) => isOurs)?.megabytesPerSecond;
  const zipMemory = megabytes(zip.maxRssBytes);
  const speed = ours?.median ?? Number.NaN;
  return [
    "### Goals",
    table(
      ["", "aim", "measured", ""],
      [
        ["our splitter", ">= 100 MB/s", `${speed.toFixed(0)} MB/s`, judged(speed >= 100)],
        [zipTitle(zip), "<= 200 MB", `${zipMemory.toFixed(0)} MB`, judged(zipMemory <= 200)],
      ],
    ),
    "### A conversations.json of 200 MB, read to its end",
    table(
      ["", "MB/s", "the splitter is", "peak memory, MB"],
      readers.map(({ title, isOurs, megabytesPerSecond, maxRssMegabytes }) => [
        title,
        spread(megabytesPerSecond),
        isOurs ? "" : `${(speed / megabytesPerSecond.median).toFixed(1)} x`,
        spread(maxRssMegabytes),
      ]),
    ),
    "### Large exports",
    table(
      ["", "chats", "seconds", "peak memory"],
      [
        [`\`readChats\`: ${zipTitle(zip)}`, number(zip.elements), zip.seconds.toFixed(1), `${zipMemory.toFixed(0)} MB`],
        [
          `\`holdfast import\`, extractive: ${megabytes(whole.bytes).toFixed(0)} MB of JSON, ${number(whole.notes)} notes`,
          number(whole.chats),
          whole.seconds.toFixed(1),
          `${megabytes(whole.maxRssBytes).toFixed(0)} MB`,
        ],
      ],
    ),
  ].join("\n\n");
}

const zipTitle = ({ zipBytes, chatsBytes }: LargeZip): string =>
  `a zip of ${megabytes(zipBytes).toFixed(0)} MB with a conversations.json of ${megabytes(chatsBytes).toFixed(0)} MB`;

const megabytes = (bytes: number): number => bytes / 1e6;

const judged = (isMet: boolean): string => (isMet ? "met" : "**missed**");

/** The median, and behind it how far the rounds lie apart. */
const spread = ({ median, min, max }: Spread): string => `${number(median)} (${number(min)} .. ${number(max)})`;

const number = (value: number): string => Math.round(value).toLocaleString("en-US");

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, heads.map((_, column) => (column === 0 ? "---" : "---:")), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
