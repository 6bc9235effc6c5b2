import { definePipeline, type AnyPipeline, type PhaseFlow, type Sink, type Source } from "../../dist/index.js";
import type { Work } from "./contender.ts";
import { docAt, visit, type Doc } from "./workload.ts";

/** A pipeline of trivial steps with its input and output in memory. The last of its `steps` is the sink. */
export function trivialPipeline({ items, steps }: Work, step: (doc: Doc) => Doc = visit): AnyPipeline {
  return definePipeline("trivial").phase("all", (phase) => {
    let flow: PhaseFlow<Doc> = phase.extract(docs(items));
    for (let index = 1; index < steps; index++) flow = flow.step(`visit_${index}`, step);
    return flow.load(nowhere);
  });
}

export const docs = (items: number): Source<Doc> => ({
  name: "docs",
  version: 1,
  check: async () => [],
  async *read() {
    for (let index = 0; index < items; index++) {
      const content = docAt(index);
      yield { kind: "item", itemId: content.id, sourcePath: "memory", content };
    }
  },
});

export const nowhere: Sink<Doc> = {
  name: "nowhere",
  version: 1,
  check: async () => {},
  load: async (doc) => ({ outputPath: `/nowhere/${doc.id}` }),
};
