import { definePipeline, defineStep } from "holdfast";
import { z } from "zod";
import { readJsonl } from "holdfast/stages/extract/jsonl";
import { writeMarkdown } from "holdfast/stages/load/markdown";

const Doc = z.object({ id: z.string(), text: z.string() });
type Doc = z.infer<typeof Doc>;

const summarise = defineStep({
  name: "summarise",
  lane: "model",
  retry: { maxAttempts: 5 },
  cache: true,
  process: async (doc: Doc, { model, signal }) => {
    const prompt = `Summarise this in two sentences:\n\n${doc.text}`;
    const { text } = await model.generate({
      prompt,
      material: { title: doc.id, messages: [{ role: "user", text: doc.text }] },
      signal,
    });
    return { ...doc, summary: text };
  },
});

export default definePipeline("summaries").phase("import", (phase) =>
  phase
    .extract(readJsonl("docs.jsonl", { schema: Doc }))
    .transform(summarise)
    .load(writeMarkdown("notes/", (doc) => ({ title: doc.id, body: doc.summary }))),
);
