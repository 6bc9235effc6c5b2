import { expectTypeOf } from "vitest";
import { definePipeline, type PhaseEnd, type PhaseFlow, type PhaseStart } from "./pipeline.ts";
import { filterItem, sendToReview, skipItem } from "./outcome.ts";
import type { Sink } from "./sink.ts";
import type { Source } from "./source.ts";
import { defineStep, type Step } from "./step.ts";

interface Doc {
  readonly id: string;
  readonly text: string;
}
interface Summary extends Doc {
  readonly summary: string;
}

declare const docs: Source<Doc>;
declare const summaries: Sink<Summary>;
declare const anything: Sink<unknown>;

const summarise = defineStep({ name: "summarise", process: (doc: Doc) => ({ ...doc, summary: doc.text.slice(0, 9) }) });
const measure = defineStep({ name: "measure", process: async (summary: Summary) => summary.summary.length });
const shout = defineStep({ name: "shout", process: (length: number) => "!".repeat(length) });

// What a step puts out is what the next one gets, promises and outcomes unwrapped.
expectTypeOf(summarise).toExtend<Step<Doc, Summary>>();
expectTypeOf(measure).toExtend<Step<Summary, number>>();
definePipeline("p").phase("work", (phase) => {
  const flow = phase.extract(docs);
  expectTypeOf(flow).toEqualTypeOf<PhaseFlow<Doc>>();
  expectTypeOf(flow.step("ask", async (doc) => doc.text.length)).toEqualTypeOf<PhaseFlow<number>>();
  expectTypeOf(flow.step("maybe", (doc) => (doc.text === "" ? skipItem("empty") : doc.id))).toEqualTypeOf<
    PhaseFlow<string>
  >();
  expectTypeOf(
    flow.step("judge", (doc) => (doc.id === "" ? filterItem("no id") : sendToReview("look", 1))),
  ).toEqualTypeOf<PhaseFlow<number>>();
  expectTypeOf(flow.transform(summarise, measure)).toEqualTypeOf<PhaseFlow<number>>();
  expectTypeOf(flow.transform(summarise, measure, shout)).toEqualTypeOf<PhaseFlow<string>>();
  return flow.transform(summarise).load(summaries);
});

// A sink that takes anything takes this too.
definePipeline("p").phase("work", (phase) => phase.extract(docs).load(anything));

// A step that does not fit the one before it is an error at that step.
// @ts-expect-error -- `measure` wants a summary
definePipeline("p").phase("work", (phase) => phase.extract(docs).transform(measure).load(anything));

definePipeline("p").phase("work", (phase) =>
  phase
    .extract(docs)
    .transform(
      summarise,
      // @ts-expect-error -- `shout` wants a number
      shout,
    )
    .load(anything),
);

// @ts-expect-error -- the sink wants a summary
definePipeline("p").phase("work", (phase) => phase.extract(docs).load(summaries));

// @ts-expect-error -- a phase ends with `load`
definePipeline("p").phase("work", (phase: PhaseStart) => phase.extract(docs).transform(summarise));

const whole = (phase: PhaseStart): PhaseEnd => phase.extract(docs).load(anything);
// @ts-expect-error -- a phase name is used once
definePipeline("p").phase("work", whole).phase("work", whole);
definePipeline("p").phase("work", whole).phase("more", whole);

// A class is a step too.
class Upper {
  readonly name = "upper";
  readonly suffix = "!";
  process(doc: Doc): string {
    return doc.text.toUpperCase() + this.suffix;
  }
}
expectTypeOf(defineStep(new Upper())).toExtend<Step<Doc, string>>();

// What `onError` gives in place of an output has to be one.
defineStep({
  name: "typed",
  process: (doc: Doc) => doc.text.length,
  // @ts-expect-error -- the step puts out a number
  onError: () => "text",
});
