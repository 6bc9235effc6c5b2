import { join } from "node:path";
import { OpenWorkflow } from "openworkflow";
import { BackendSqlite } from "openworkflow/sqlite";
import type { Contender } from "../contender.ts";
import { docAt, IN_FLIGHT, visit, type Doc } from "../workload.ts";

/** OpenWorkflow on SQLite: an item is a workflow run, a step is its `step.run`. */
export const openworkflow: Contender = {
  async open(folder) {
    const backend = BackendSqlite.connect(join(folder, "openworkflow.db"));
    const client = new OpenWorkflow({ backend });
    let onDone: () => void = () => {};
    const workflow = client.defineWorkflow<{ readonly doc: Doc; readonly steps: number }, Doc>(
      { name: "trivial" },
      async ({ input, step }) => {
        let { doc } = input;
        for (let index = 1; index <= input.steps; index++) {
          const current = doc;
          doc = await step.run({ name: `visit_${index}` }, async () => visit(current));
        }
        onDone();
        return doc;
      },
    );
    const worker = client.newWorker({ concurrency: IN_FLIGHT });
    await worker.start();
    return {
      async run({ items, steps }) {
        let done = 0;
        const allDone = new Promise<void>((resolve) => {
          onDone = () => {
            if (++done === items) resolve();
          };
        });
        for (let index = 0; index < items; index++) await workflow.run({ doc: docAt(index), steps });
        await allDone;
      },
      async [Symbol.asyncDispose]() {
        await worker.stop();
        await backend.stop();
      },
    };
  },
};
