// Measures sessions beside other durable runners, prints the tables and writes them into docs/benchmarks.md.
import { readFileSync, writeFileSync } from "node:fs";
import { arch, cpus, platform } from "node:os";
import { join } from "node:path";
import { entrants, isInstalled } from "./entrants.ts";
import { markdownOf } from "./markdown.ts";
import { countFsyncs } from "./parts/fsyncs.ts";
import { longRun } from "./parts/million.ts";
import { resume } from "./parts/resume.ts";
import { retriedStep } from "./parts/retried-step.ts";
import { race } from "./parts/speed.ts";

const PAGE = join(import.meta.dirname, "../../docs/benchmarks.md");
const [START, END] = ["<!-- sessions: begin -->", "<!-- sessions: end -->"];
const STEPS = 6;

const [before, rest] = readFileSync(PAGE, "utf8").split(START);
const after = rest?.split(END)[1];
if (before === undefined || after === undefined) throw new Error(`Expected ${START} and ${END} in ${PAGE}`);

const all = entrants();
const markdown = markdownOf({
  small: await race({ entrants: all, items: 1000, steps: STEPS, rounds: 5 }),
  large: await race({ entrants: all, items: 100_000, steps: STEPS, rounds: 3 }),
  fsyncs: isInstalled("strace") ? await countFsyncs(all, { items: 1000, steps: STEPS }) : [],
  tenth: await longRun(100_000, 3),
  million: await longRun(1_000_000, 3),
  resume: await resume({ done: 1_000_000, pending: 1000, rounds: 5 }),
  retried: await retriedStep({ items: 20_000, rounds: 5 }),
});
process.stdout.write(`${markdown}\n`);
const where = `${cpus().length} cores of ${cpus()[0]?.model ?? "an unknown kind"}, ${platform()} ${arch()}`;
const when = new Date().toISOString().slice(0, 10);
const heading = `Measured on ${when} with Node ${process.versions.node} on ${where}.`;
writeFileSync(PAGE, `${before}${START}\n\n${heading}\n\n${markdown}\n\n${END}${after}`);
