// The process that has the items: `node children/own.ts NAME URL FOLDER ITEMS STEPS`. Reports what they took, after a
// warm-up.
import { CONTENDERS } from "../contenders/index.ts";

const WARM_UP_ITEMS = 500;

const [name = "", url = "", folder = "", items = "", steps = ""] = process.argv.slice(2);
const contender = await CONTENDERS[name]?.();
if (!contender) throw new Error(`There is no contender ${JSON.stringify(name)}.`);
const work = { items: Number(items), steps: Number(steps) };
await contender.own({ url, folder }, { ...work, items: WARM_UP_ITEMS });
process.send?.("warm");
const before = process.cpuUsage();
const startedAt = performance.now();
await contender.own({ url, folder }, work);
const seconds = (performance.now() - startedAt) / 1000;
const { user, system } = process.cpuUsage(before);
process.send?.({ seconds, cpuSeconds: (user + system) / 1e6 });
// A connection that is still being closed must not keep the process.
process.disconnect?.();
process.exitCode = 0;
setTimeout(() => process.exit(), 1000).unref();
