import { describe, expect, it } from "vitest";
import { withoutCall, type StepEnd } from "../../../core/runner/index.ts";
import {
  runnableSteps,
  definePipeline,
  defineStep,
  type RunnableStep,
  type Source,
} from "../../../core/pipeline/index.ts";
import { cacheAnswer, cachedAnswer } from "./cached-answers.ts";

const nothing: Source<string> = { name: "read", version: 1, check: async () => [], async *read() {} };

function askStep(): RunnableStep {
  const pipeline = definePipeline("docs").phase("work", (phase) =>
    phase
      .extract(nothing)
      .transform(defineStep({ name: "ask", cache: true, process: (text: string) => text }))
      .load({ name: "keep", version: 1, check: async () => {}, load: async () => ({ outputPath: "memory" }) }),
  );
  const [phase] = pipeline.phases;
  const [step] = phase ? runnableSteps(phase) : [];
  if (!step) throw new Error("The phase has no step.");
  return step;
}

const step = askStep();

function newAnswers() {
  const kept = new Map<string, string>();
  return {
    answers: {
      get: (key: string) => kept.get(key),
      set: (key: string, _step: string, text: string) => void kept.set(key, text),
    },
    answerSetting: () => ({ pipeline: "docs", model: { fingerprint: "api:model", lane: "api" } }),
  };
}

const done = (reviewReason?: string): StepEnd => ({ kind: "done", output: "Kelp.", text: '"Kelp."', reviewReason });

describe("an answer of a worker", () => {
  it("is given for the same content again, and costs nothing", () => {
    const run = newAnswers();
    cacheAnswer(step, "kelp", withoutCall(done()), run);
    expect(cachedAnswer(step, "kelp", { force: false }, run)).toMatchObject({
      end: { kind: "done", output: "Kelp." },
      attempts: 0,
      usage: undefined,
    });
    expect(cachedAnswer(step, "rock", { force: false }, run)).toBeUndefined();
  });

  it("is not given for an item that a person asked to be done again", () => {
    const run = newAnswers();
    cacheAnswer(step, "kelp", withoutCall(done()), run);
    expect(cachedAnswer(step, "kelp", { force: true }, run)).toBeUndefined();
  });

  it("is not kept when a person has to look at it, nor when there is none", () => {
    const run = newAnswers();
    cacheAnswer(step, "kelp", withoutCall(done("too short")), run);
    cacheAnswer(step, "rock", withoutCall({ kind: "skipped", reason: "unchanged" }), run);
    expect(["kelp", "rock"].map((text) => cachedAnswer(step, text, { force: false }, run))).toEqual([
      undefined,
      undefined,
    ]);
  });
});
