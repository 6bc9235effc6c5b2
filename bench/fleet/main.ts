// Measures a fleet beside BullMQ with hand-written code, prints the tables and writes them into docs/benchmarks.md.
import { readFileSync, writeFileSync } from "node:fs";
import { arch, cpus, loadavg, platform } from "node:os";
import { join } from "node:path";
import { isInstalled } from "../sessions/entrants.ts";
import { markdownOf, type BackendResult } from "./markdown.ts";
import { race } from "./race.ts";
import { startPostgres, startRedis } from "./server.ts";

const PAGE = join(import.meta.dirname, "../../docs/benchmarks.md");
const [START, END] = ["<!-- fleet: begin -->", "<!-- fleet: end -->"];
const PLAN = { workers: [1, 2, 4], steps: 6, rounds: 3 };

const [before, rest] = readFileSync(PAGE, "utf8").split(START);
const after = rest?.split(END)[1];
if (before === undefined || after === undefined) throw new Error(`Expected ${START} and ${END} in ${PAGE}`);

const load: number[] = [loadavg()[0] ?? 0];
const results: BackendResult[] = [];
if (isInstalled("redis-server")) {
  const plan = { ...PLAN, items: 5000 };
  results.push({
    title: "Redis, AOF, fsync every second",
    ...plan,
    rows: await race({ ...plan, startServer: startRedis }),
  });
  load.push(loadavg()[0] ?? 0);
} else process.stderr.write("Redis is left out: there is no redis-server here.\n");
const plan = { ...PLAN, items: 1000 };
results.push({ title: "Postgres 18", ...plan, rows: await race({ ...plan, startServer: startPostgres }) });
load.push(loadavg()[0] ?? 0);

const markdown = markdownOf(results);
process.stdout.write(`${markdown}\n`);
const where = `${cpus().length} cores of ${cpus()[0]?.model ?? "an unknown kind"}, ${platform()} ${arch()}`;
const when = new Date().toISOString().slice(0, 10);
const heading =
  `Measured on ${when} with Node ${process.versions.node} on ${where}; the load of the machine over a minute was ` +
  `${load.map((each) => each.toFixed(1)).join(", then ")}.`;
writeFileSync(PAGE, `${before}${START}\n\n${heading}\n\n${markdown}\n\n${END}${after}`);
