// Resumes a session and reports when the first pending item's step began: `node resume.ts WORKSPACE DONE PENDING ID`.
import { RunControl, resumeSession } from "../../../dist/index.js";
import { partlyPending } from "../partly-pending.ts";
import { IN_FLIGHT } from "../workload.ts";

const [workspace = "", done = "", pending = "", id = ""] = process.argv.slice(2);
const control = new RunControl();
let firstStepAt: number | undefined;
const pipeline = partlyPending({ done: Number(done), pending: Number(pending) }, () => {
  firstStepAt ??= performance.now();
  // One step is enough to know, and the session must be the same in the next round.
  control.stop({ kind: "user", message: "measured" });
});

const startedAt = performance.now();
await resumeSession(id, pipeline, { workspace, window: IN_FLIGHT, control });
if (firstStepAt === undefined) throw new Error("No step was done.");
process.stdout.write(JSON.stringify({ firstStepMs: firstStepAt - startedAt, fromProcessStartMs: firstStepAt }));
