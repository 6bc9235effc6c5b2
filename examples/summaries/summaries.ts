import { definePipeline, defineStep } from "holdfast";
import { z } from "zod";
import { readJsonl } from "holdfast/sources";
import { writeMarkdown } from "holdfast/sinks";

const Doc = z.object({ id: z.string(), text: z.string() }); // any Standard Schema; its output is the content type
type Doc = z.infer<typeof Doc>;

const summarise = defineStep({
  name: "summarise",
  version: 1,
  lane: "ollama",
  retry: { maxAttempts: 5 },
  cache: true,
  process: async (doc: Doc, { model, signal }) => ({
    ...doc,
    summary: (await model.generate({ prompt: doc.text, signal })).text,
  }),
});

export default definePipeline("summaries").phase("import", (phase) =>
  phase
    .extract(readJsonl("docs.jsonl", { schema: Doc }))
    .transform(summarise)
    .load(writeMarkdown("notes/", (doc) => ({ title: doc.id, body: doc.summary }))),
);
