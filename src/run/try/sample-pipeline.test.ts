import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Model } from "../../core/model/index.ts";
import {
  definePipeline,
  defineStep,
  fanOut,
  filterItem,
  sendToReview,
  type AnyPipeline,
  type Sink,
  type Source,
} from "../../core/pipeline/index.ts";
import { resumeSession, runPipeline } from "../index.ts";
import { isTry, listReview } from "../reports/index.ts";
import { runSample } from "./run-sample.ts";
import { surveyItems } from "./survey.ts";

let folder: string;
let workspace: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-sample-")));
  workspace = join(folder, ".holdfast");
});
afterEach(() => rmSync(folder, { recursive: true }));

type Doc = { readonly id: string; readonly title: string; readonly text: string };

const docs: readonly Doc[] = ["a", "b", "c"].map((id, n) => ({ id, title: `Doc ${id}`, text: "Kelp. ".repeat(n + 1) }));

const sourceOf: Source<Doc> = {
  name: "read",
  version: 1,
  check: async () => [],
  async *read() {
    yield { kind: "total", count: 4 };
    for (const doc of docs) yield { kind: "item", itemId: doc.id, sourcePath: "memory", content: doc };
    yield { kind: "broken", itemId: "memory#4", sourcePath: "memory", error: new Error("is not an object") };
  },
};

const loaded: unknown[] = [];
const sink: Sink<unknown> = {
  name: "load",
  version: 1,
  check: async () => {
    throw new Error("the sink of a try is not even checked");
  },
  async load(content) {
    loaded.push(content);
    return { outputPath: "" };
  },
};

/** A model that answers, and says what it took. */
function modelOf(): { readonly model: Model; readonly calls: string[] } {
  const calls: string[] = [];
  const model: Model = {
    id: "test:m",
    fingerprint: "f",
    lane: "test",
    check: async () => ({ notes: [] }),
    async generate({ prompt }) {
      calls.push(prompt);
      return { text: `About ${prompt}`, usage: { inputTokens: prompt.length, outputTokens: 7 } };
    },
  };
  return { model, calls };
}

const ask = defineStep({
  name: "ask",
  lane: "model",
  cache: true,
  process: async ({ text }: Doc, { model, signal }) => (await model.generate({ prompt: text, signal })).text,
});

const pipeline: AnyPipeline = definePipeline("docs")
  .phase("work", (phase) => phase.extract(sourceOf).transform(ask).load(sink))
  .phase("later", (phase) => phase.extract(sourceOf).transform(ask).load(sink));

const sampleOf = (whole: AnyPipeline, items: readonly string[], model: Model) =>
  runSample(whole, { items, run: { workspace, model, sessionOptions: { try: { items } } } });

describe("a sample of a pipeline", () => {
  it("has the steps of its first phase over these items alone, and loads nothing", async () => {
    const { model, calls } = modelOf();
    const run = await sampleOf(pipeline, ["c", "a"], model);
    expect(run.outcome.session).toMatchObject({
      status: "completed",
      counts: { completed: 2 },
      phases: [{ name: "work" }],
    });
    expect(isTry(run.outcome.session)).toBe(true);
    expect(calls.toSorted()).toEqual([docs[0]?.text, docs[2]?.text]);
    expect(loaded).toEqual([]);
    expect(run.items.map(({ itemId, status, input }) => [itemId, status, input?.title])).toEqual([
      ["c", "completed", "Doc c"],
      ["a", "completed", "Doc a"],
    ]);
    expect(run.items[0]?.work.usage).toMatchObject({ calls: 1, inputTokens: docs[2]?.text.length, outputTokens: 7 });
    expect(readdirSync(run.folder).toSorted()).toEqual(["1.input.txt", "1.output.txt", "2.input.txt", "2.output.txt"]);
    expect(readFileSync(join(run.folder, "2.input.txt"), "utf8")).toBe(docs[0]?.text);
    expect(readFileSync(run.items[1]?.outputFile ?? "", "utf8")).toBe(`About ${docs[0]?.text}`);
    expect(run.callingSteps).toEqual(["ask"]);
  });

  it("finds its answers again, with what they took when they were made", async () => {
    const { model, calls } = modelOf();
    const first = await sampleOf(pipeline, ["b"], model);
    const second = await sampleOf(pipeline, ["b"], model);
    expect(calls).toHaveLength(1);
    expect(second.usage.calls).toBe(0);
    expect(second.items[0]).toMatchObject({ work: { cachedAnswers: 1, usage: { calls: 0 } } });
    expect(second.items[0]?.measured).toEqual(first.items[0]?.work);
    expect(first.items[0]?.measured).toEqual(first.items[0]?.work);
  });

  it("is no session that a program goes on with as with the whole", async () => {
    const { model } = modelOf();
    const { outcome } = await sampleOf(pipeline, ["b"], model);
    await expect(resumeSession(outcome.session.id, pipeline, { workspace, model })).rejects.toThrow(
      "started with different steps",
    );
  });

  it("sends nothing to review that has to be dealt with", async () => {
    const { model } = modelOf();
    const unsure = definePipeline("unsure").phase("work", (phase) =>
      phase
        .extract(sourceOf)
        .step("check", ({ text }) => sendToReview("too short", text))
        .load(sink),
    );
    const run = await sampleOf(unsure, ["a"], model);
    expect(run.items[0]).toMatchObject({ status: "review", reason: "too short" });
    expect(await listReview(workspace)).toEqual([]);
    expect(await listReview(workspace, { session: run.outcome.session.id })).toHaveLength(1);
  });

  it("keeps each part of what nobody collects, and adds up what the parts took", async () => {
    const { model } = modelOf();
    const parts = definePipeline("parts").phase("work", (phase) =>
      phase
        .extract(sourceOf)
        .step("split", (doc) =>
          fanOut(
            [
              { ...doc, id: "x" },
              { ...doc, id: "y", text: "Other." },
            ],
            { id: ({ id }) => id },
          ),
        )
        .transform(ask)
        // A step may have any name.
        .step("keep_sample", (text) => text)
        .load(sink),
    );
    const run = await sampleOf(parts, ["a"], model);
    expect(readdirSync(run.folder).toSorted()).toEqual(["1.input.txt", "1.output.x.txt", "1.output.y.txt"]);
    expect(run.items[0]).toMatchObject({ status: "completed", work: { usage: { calls: 2 } } });
    expect(run.items[0]?.outputFile).toBe(join(run.folder, "1.output.x.txt"));
  });
});

describe("a survey", () => {
  const signal = new AbortController().signal;
  const filtered: AnyPipeline = definePipeline("docs").phase("work", (phase) =>
    phase
      .extract(sourceOf)
      .step("choose", (doc) => (doc.id === "a" ? filterItem("too short") : doc))
      .transform(ask)
      .load(sink),
  );

  it("of a pipeline reads its source and runs no step of it", async () => {
    const { model, calls } = modelOf();
    const survey = await surveyItems(filtered, { workspace, models: [model], dryRun: false, signal });
    expect(survey.items.map(({ itemId, plans }) => [itemId, plans])).toEqual(docs.map(({ id }) => [id, []]));
    expect(survey.items.map(({ size }) => size)).toEqual(docs.map((doc) => JSON.stringify(doc).length));
    expect(survey).toMatchObject({ elements: 4, ends: [{ status: "failed", reason: "is not an object", count: 1 }] });
    expect(calls).toEqual([]);
  });

  it("with a dry run leaves out what a run leaves out, and knows what is cached for which model", async () => {
    const { model, calls } = modelOf();
    const other: Model = { ...modelOf().model, id: "test:n", fingerprint: "g" };
    await runPipeline(
      definePipeline("docs").phase("work", (phase) =>
        phase
          .extract({
            ...sourceOf,
            read: async function* () {
              const [, b] = docs;
              if (b) yield { kind: "item", itemId: b.id, sourcePath: "memory", content: b };
            },
          })
          .transform(ask)
          .load({ ...sink, check: async () => {} }),
      ),
      { workspace, model },
    );
    const survey = await surveyItems(filtered, { workspace, models: [model, other], dryRun: true, signal });
    const open = { calls: 1, answered: false };
    expect(survey.items.map(({ itemId, plans }) => [itemId, plans])).toEqual([
      ["b", [{ calls: 0, answered: true }, open]],
      ["c", [open, open]],
    ]);
    expect(survey.ends).toContainEqual({ status: "filtered", reason: "too short", count: 1 });
    expect(calls).toHaveLength(1);
  });
});
