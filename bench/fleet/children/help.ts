// A worker in a process of its own, until it is killed: `node children/help.ts NAME URL FOLDER STEPS`. Tells when it is
// ready, and whenever it is asked, the processor time that it has taken so far.
import { CONTENDERS } from "../contenders/index.ts";

const [name = "", url = "", folder = "", steps = ""] = process.argv.slice(2);
const contender = await CONTENDERS[name]?.();
if (!contender) throw new Error(`There is no contender ${JSON.stringify(name)}.`);
await contender.help({ url, folder }, { steps: Number(steps) });
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuSeconds: (user + system) / 1e6 });
});
process.send?.("ready");
