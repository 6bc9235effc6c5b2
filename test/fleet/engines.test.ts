import { localEngine } from "../../src/engines/index.ts";
import { createBullmqEngine } from "../../src/engines/bullmq/index.ts";
import { startWorker } from "../../src/fleet/index.ts";
import { describeEngine } from "../contracts/engine/describe-engine.ts";
import { quickOn } from "./servers.ts";

describeEngine("the local engine", { tags: [] }, async () => ({
  engine: localEngine,
  startWorkers: async () => ({ [Symbol.asyncDispose]: async () => {} }),
  [Symbol.asyncDispose]: async () => {},
}));

for (const { name, start, tags } of quickOn("Redis")) {
  describeEngine(`BullMQ on ${name}`, { tags }, async () => {
    const server = await start();
    const { address } = server;
    return {
      engine: createBullmqEngine({ address }),
      async startWorkers(pipeline, model) {
        const settings = { address, concurrency: 4, ...(model && { model }) };
        const workers = [await startWorker(pipeline, settings), await startWorker(pipeline, settings)];
        return {
          async [Symbol.asyncDispose]() {
            for (const worker of workers) await worker[Symbol.asyncDispose]();
          },
        };
      },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  });
}
