import { createBullmqEngine } from "../../src/engines/bullmq/index.ts";
import { localEngine } from "../../src/engines/index.ts";
import { startWorker } from "../../src/fleet/index.ts";
import { describeStorable } from "../contracts/storable/describe-storable.ts";
import { serverKinds } from "./servers.ts";

describeStorable("SQLite alone", { tags: [] }, async () => ({
  engine: localEngine,
  startWorkers: async () => ({ [Symbol.asyncDispose]: async () => {} }),
  [Symbol.asyncDispose]: async () => {},
}));

// Both in `make test`: they refuse different things.
for (const { name, start } of serverKinds) {
  describeStorable(`a queue on ${name}`, { tags: [] }, async () => {
    const server = await start();
    const { address } = server;
    return {
      engine: createBullmqEngine({ address }),
      startWorkers: (pipeline) => startWorker(pipeline, { address, concurrency: 4 }),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  });
}
