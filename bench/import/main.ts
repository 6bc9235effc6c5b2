// Measures how exports are read, prints the tables and writes them into docs/benchmarks.md.
import { readFileSync, writeFileSync } from "node:fs";
import { arch, cpus, platform } from "node:os";
import { join } from "node:path";
import { inFolder } from "./in-folder.ts";
import { markdownOf } from "./markdown.ts";
import { readLargeZip } from "./parts/large-zip.ts";
import { raceReaders } from "./parts/readers.ts";
import { importWhole } from "./parts/whole-import.ts";

const PAGE = join(import.meta.dirname, "../../docs/benchmarks.md");
const [START, END] = ["<!-- import: begin -->", "<!-- import: end -->"];

const markdown = markdownOf({
  readers: await inFolder((folder) => raceReaders(folder, { bytes: 200e6, chatBytes: 25_000, rounds: 3 })),
  zip: await inFolder((folder) => readLargeZip(folder, { chats: 600e6, images: 920e6 })),
  whole: await inFolder((folder) => importWhole(folder, { bytes: 509e6 })),
});
process.stdout.write(`${markdown}\n`);

const [before, rest] = readFileSync(PAGE, "utf8").split(START);
const after = rest?.split(END)[1];
if (before === undefined || after === undefined) throw new Error(`Expected ${START} and ${END} in ${PAGE}`);
const where = `${cpus().length} cores of ${cpus()[0]?.model ?? "an unknown kind"}, ${platform()} ${arch()}`;
const when = new Date().toISOString().slice(0, 10);
const heading = `Measured on ${when} with Node ${process.versions.node} on ${where}.`;
writeFileSync(PAGE, `${before}${START}\n\n${heading}\n\n${markdown}\n\n${END}${after}`);
