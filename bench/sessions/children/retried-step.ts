// What a retry costs, bare and in a session: `node retried-step.ts WORKSPACE ITEMS`.
import { runPipeline, StepError } from "../../../dist/index.js";
import { retryCall } from "../../../dist/retry/index.js";
import { trivialPipeline } from "../trivial-pipeline.ts";
import { IN_FLIGHT, visit, type Doc } from "../workload.ts";

const [workspace = "", count = ""] = process.argv.slice(2);
const items = Number(count);
const atOnce = { maxAttempts: 2, minWaitSeconds: 0, maxWaitSeconds: 0 };
// No connection error: many of those in a row are an outage, which a session waits out.
const error = new StepError("transient", "made beforehand");

await bare();
await inSession(true);
const bareSeconds = await timed(bare);
const smoothSeconds = await timed(() => inSession(false));
const retriedSeconds = await timed(() => inSession(true));
const us = (seconds: number): number => (seconds * 1e6) / items;
process.stdout.write(
  JSON.stringify({ bareUs: us(bareSeconds), smoothStepUs: us(smoothSeconds), retriedStepUs: us(retriedSeconds) }),
);

/** As many calls as there are items, each failing once, as many at once as a session has. */
async function bare(): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items) {
      next += 1;
      await retryCall(failsOnce(), { ...atOnce, retryExceptions: [StepError] });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}

/** One transform step and the sink, for each item. */
async function inSession(fails: boolean): Promise<void> {
  const failed = new Set<string>();
  const step = (doc: Doc): Doc => {
    if (!fails || failed.delete(doc.id)) return visit(doc);
    failed.add(doc.id);
    throw error;
  };
  await runPipeline(trivialPipeline({ items, steps: 2 }, step), { workspace, window: IN_FLIGHT, retry: atOnce });
}

function failsOnce(): () => Promise<string> {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls === 1) throw error;
    return "done";
  };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}
