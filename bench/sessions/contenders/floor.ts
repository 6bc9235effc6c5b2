import { join } from "node:path";
import { openSessionStore } from "../../../dist/stores/sqlite/index.js";
import type { SessionStore, StepRecord } from "../../../dist/core/storage/index.js";
import type { Contender, Work } from "../contender.ts";
import { docAt, IN_FLIGHT, visit, type Doc } from "../workload.ts";

/** The store alone: the rows that a session writes, through the same group commit, with nothing around it. */
export const floor: Contender = {
  async open(folder) {
    let runs = 0;
    return {
      async run(work) {
        await using store = openSessionStore(join(folder, `state-${runs++}.db`));
        await writeRows(store, work);
      },
      async [Symbol.asyncDispose]() {},
    };
  },
};

async function writeRows(store: SessionStore, { items, steps }: Work): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items) await writeItem(store, docAt(next++), steps);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}

async function writeItem(store: SessionStore, first: Doc, steps: number): Promise<void> {
  let doc = first;
  const added = store.addItem({
    phase: "all",
    readBy: "docs",
    itemId: doc.id,
    sourcePath: "memory",
    metadata: {},
    content: { ...doc },
    status: "pending",
  });
  for (let stepIndex = 0; stepIndex < steps - 1; stepIndex++) {
    doc = visit(doc);
    await store.recordStep({ ...stepOf(doc, stepIndex), output: { ...doc }, item: { status: "pending" } });
  }
  const outputPath = `/nowhere/${doc.id}`;
  await store.recordStep({ ...stepOf(doc, steps - 1), output: undefined, item: { status: "completed", outputPath } });
  await added;
}

const stepOf = ({ id }: Doc, stepIndex: number): Omit<StepRecord, "output" | "item"> => ({
  phase: "all",
  itemId: id,
  stepIndex,
  step: `visit_${stepIndex + 1}`,
  stage: "transform",
  succeeded: true,
  durationMs: 0.01,
  attempts: 1,
});
