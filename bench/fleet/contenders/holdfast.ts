import { join } from "node:path";
import { createBullmqEngine, startWorker, type QueueAddress } from "../../../dist/entries/bullmq.js";
import { definePipeline, runPipeline, type AnyPipeline, type PhaseFlow } from "../../../dist/index.js";
import type { Work } from "../../sessions/contender.ts";
import { docs, nowhere } from "../../sessions/trivial-pipeline.ts";
import { visit, type Doc } from "../../sessions/workload.ts";
import { AT_EACH_WORKER, IN_FLIGHT, type Contender } from "../contender.ts";

/** Holdfast as a user runs it: workers do the steps, and the owner writes all that a session writes, and loads. */
export const holdfast: Contender = {
  async own({ url, folder }, { items, steps }) {
    const { session } = await runPipeline(pipelineOf({ items, steps }), {
      workspace: join(folder, ".holdfast"),
      window: IN_FLIGHT,
      engine: createBullmqEngine({ address: addressOf(url) }),
    });
    if (session.counts.completed !== items) throw new Error(`Not all done: ${JSON.stringify(session.counts)}`);
  },
  async help({ url }, { steps }) {
    await startWorker(pipelineOf({ items: 0, steps }), { address: addressOf(url), concurrency: AT_EACH_WORKER });
  },
};

/** All of `steps` are done by workers; the sink, which is the owner's, comes on top. */
function pipelineOf({ items, steps }: Work): AnyPipeline {
  return definePipeline("trivial").phase("all", (phase) => {
    let flow: PhaseFlow<Doc> = phase.extract(docs(items));
    for (let index = 1; index <= steps; index++) flow = flow.step(`visit_${index}`, visit);
    return flow.load(nowhere);
  });
}

const addressOf = (url: string): QueueAddress => (url.startsWith("redis:") ? { redis: url } : { postgres: url });
