import { join } from "node:path";
import { readIn } from "../child.ts";
import { writeChats } from "../generate-chats.ts";
import { spreadOf, type Spread } from "../spread.ts";

/** One way to read an export, and what it took. */
export interface ReaderRow {
  readonly title: string;
  readonly isOurs: boolean;
  readonly megabytesPerSecond: Spread;
  readonly maxRssMegabytes: Spread;
}

const READERS = [
  { file: "splitter.ts", title: "our splitter, JSON.parse of each conversation", isOurs: true },
  { file: "whole.ts", title: "JSON.parse of the whole", isOurs: false },
  { file: "stream-json.ts", title: "stream-json 3.8", isOurs: false },
  { file: "streamparser.ts", title: "@streamparser/json 0.0.26", isOurs: false },
] as const;

/** Has each reader read the same export, in turn, each time in a new process. */
export async function raceReaders(
  folder: string,
  { bytes, chatBytes, rounds }: { readonly bytes: number; readonly chatBytes: number; readonly rounds: number },
): Promise<readonly ReaderRow[]> {
  const path = join(folder, "race.json");
  const written = await writeChats(path, { bytes, chatBytes });
  const readings = READERS.map(() => ({ speeds: [] as number[], memory: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (const [at, { file }] of READERS.entries()) {
      const { seconds, maxRssBytes } = await readIn(file, path);
      readings[at]?.speeds.push(written / 1e6 / seconds);
      readings[at]?.memory.push(maxRssBytes / 1e6);
    }
  }
  return READERS.map(({ title, isOurs }, at) => ({
    title,
    isOurs,
    megabytesPerSecond: spreadOf(readings[at]?.speeds ?? []),
    maxRssMegabytes: spreadOf(readings[at]?.memory ?? []),
  }));
}
