// Makes a session of which some items stay pending: `node leave-pending.ts WORKSPACE DONE PENDING`.
import { runPipeline } from "../../../dist/index.js";
import { partlyPending } from "../partly-pending.ts";
import { IN_FLIGHT } from "../workload.ts";

const [workspace = "", done = "", pending = ""] = process.argv.slice(2);
const { session } = await runPipeline(partlyPending({ done: Number(done), pending: Number(pending) }), {
  workspace,
  window: IN_FLIGHT,
});
const left = { id: session.id, done: session.counts.completed, pending: session.counts.pending };
process.stdout.write(JSON.stringify(left));
