import { createBullmqEngine } from "../../src/engines/bullmq/index.ts";
import { localEngine } from "../../src/engines/index.ts";
import { startWorker } from "../../src/fleet/index.ts";
import { describeStorable } from "../contracts/storable/describe-storable.ts";
import { quickOn } from "./servers.ts";

describeStorable("SQLite alone", { tags: [] }, async () => ({
  engine: localEngine,
  startWorkers: async () => ({ [Symbol.asyncDispose]: async () => {} }),
  [Symbol.asyncDispose]: async () => {},
}));

// Postgres in `make test`: it is the one that refuses texts.
for (const { name, start, tags } of quickOn("Postgres")) {
  describeStorable(`a queue on ${name}`, { tags }, async () => {
    const server = await start();
    const { address } = server;
    return {
      engine: createBullmqEngine({ address }),
      startWorkers: (pipeline) => startWorker(pipeline, { address, concurrency: 4 }),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  });
}
