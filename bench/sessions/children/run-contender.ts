// One contender in a process of its own: `node children/run-contender.ts NAME FOLDER ITEMS STEPS`. Prints what it took as JSON.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { CONTENDERS } from "../contenders/index.ts";

const WARM_UP_ITEMS = 200;

const [name = "", folder = "", items = "", steps = ""] = process.argv.slice(2);
const load = CONTENDERS[name];
if (!load) throw new Error(`There is no contender ${JSON.stringify(name)}.`);
const work = { items: Number(items), steps: Number(steps) };

await using contender = await (await load()).open(folder);
await contender.run({ ...work, items: WARM_UP_ITEMS });
if (work.items > 0) {
  // Looks every millisecond: a delay of 1 ms is none.
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const startedAt = performance.now();
  const before = process.cpuUsage();
  await contender.run(work);
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(before);
  delays.disable();
  const delayMs = { p50: delays.percentile(50) / 1e6, p99: delays.percentile(99) / 1e6, max: delays.max / 1e6 };
  const maxRssBytes = process.resourceUsage().maxRSS * 1024;
  const cpuSeconds = (user + system) / 1e6;
  process.stdout.write(`${JSON.stringify({ seconds, cpuSeconds, maxRssBytes, delayMs })}\n`);
}
