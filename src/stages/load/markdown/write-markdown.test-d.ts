import { expectTypeOf, test } from "vitest";
import { definePipeline } from "../../../core/pipeline/pipeline.ts";
import type { Sink } from "../../../core/pipeline/sink.ts";
import type { Source } from "../../../core/pipeline/source.ts";
import { defineStep } from "../../../core/pipeline/step.ts";
import { writeMarkdown } from "./index.ts";

interface Doc {
  readonly id: string;
  readonly text: string;
}
declare const docs: Source<Doc>;
const summarise = defineStep({ name: "summarise", process: async (doc: Doc) => ({ ...doc, summary: "short" }) });

test("the content's type comes from the step before", () => {
  definePipeline("summaries").phase("import", (phase) =>
    phase
      .extract(docs)
      .transform(summarise)
      .load(
        writeMarkdown("notes/", (doc) => {
          expectTypeOf(doc).toEqualTypeOf<{ id: string; text: string; summary: string }>();
          return { title: doc.id, body: doc.summary };
        }),
      ),
  );
});

test("a field that no step put there does not compile", () => {
  definePipeline("summaries").phase("import", (phase) =>
    // @ts-expect-error -- there is no summary before `summarise`
    phase.extract(docs).load(writeMarkdown("notes/", (doc) => ({ title: doc.id, body: doc.summary }))),
  );
});

test("a note without a title does not compile", () => {
  // @ts-expect-error -- a note has a title
  writeMarkdown("notes/", (doc: Doc) => ({ body: doc.text }));
});

test("outside of a pipeline the parameter's type decides", () => {
  expectTypeOf(writeMarkdown("notes/", (doc: Doc) => ({ title: doc.id, body: doc.text }))).toEqualTypeOf<Sink<Doc>>();
});
