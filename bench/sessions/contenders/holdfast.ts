import { join } from "node:path";
import { runPipeline } from "../../../dist/index.js";
import type { Contender } from "../contender.ts";
import { trivialPipeline } from "../trivial-pipeline.ts";
import { IN_FLIGHT } from "../workload.ts";

/** Holdfast as a user runs it, with all that a session writes. */
export const holdfast: Contender = {
  async open(folder) {
    return {
      async run(work) {
        const { session } = await runPipeline(trivialPipeline(work), {
          workspace: join(folder, ".holdfast"),
          window: IN_FLIGHT,
        });
        if (session.counts.completed !== work.items) throw new Error(`Not all done: ${JSON.stringify(session.counts)}`);
      },
      async [Symbol.asyncDispose]() {},
    };
  },
};
