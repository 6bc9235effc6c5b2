// Measures the retry engine beside its peers, prints the tables and writes them into docs/benchmarks.md.
import { readFileSync, writeFileSync } from "node:fs";
import { arch, cpus, platform } from "node:os";
import { join } from "node:path";
import { herds } from "./herd.ts";
import { markdownOf } from "./markdown.ts";
import { sizes } from "./sizes.ts";
import { heapRows, signalRows } from "./sleepers.ts";
import { failsTwice, race, succeeds } from "./speed.ts";

const PAGE = join(import.meta.dirname, "../../docs/benchmarks.md");
const [START, END] = ["<!-- retries: begin -->", "<!-- retries: end -->"];

const page = readFileSync(PAGE, "utf8");
const [before, rest] = page.split(START);
const after = rest?.split(END)[1];
if (before === undefined || after === undefined) throw new Error(`Expected ${START} and ${END} in ${PAGE}`);

const markdown = markdownOf({
  success: await race({ task: succeeds, calls: 10_000, rounds: 80 }),
  failure: await race({ task: failsTwice, calls: 2000, callsOnTimers: 4, rounds: 80 }),
  heap: heapRows(),
  signal: signalRows(),
  herds: herds(),
  sizes: await sizes(),
});
process.stdout.write(`${markdown}\n`);
const where = `${cpus().length} cores of ${cpus()[0]?.model ?? "an unknown kind"}, ${platform()} ${arch()}`;
const when = new Date().toISOString().slice(0, 10);
const heading = `Measured on ${when} with Node ${process.versions.node} on ${where}.`;
writeFileSync(PAGE, `${before}${START}\n\n${heading}\n\n${markdown}\n\n${END}${after}`);
