import { existsSync, mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HoldfastError } from "../core/failure/index.ts";
import type { GenerateRequest, Model } from "../core/model/index.ts";
import {
  defineCollect,
  definePipeline,
  defineStep,
  fanOut,
  filterItem,
  type AnyPipeline,
  type Sink,
  type Source,
} from "../core/pipeline/index.ts";
import { planPipeline, runPipeline } from "./index.ts";
import { reportSession } from "./reports/index.ts";

type Doc = { readonly id: string; readonly text: string };

const docs = (count: number): readonly Doc[] =>
  Array.from({ length: count }, (_, n) => ({ id: `d${n}`, text: `Kelp ${n}. `.repeat(n === 3 ? 90 : 30) }));

const sourceOf = (items: readonly Doc[]): Source<Doc> => ({
  name: "read",
  version: 1,
  check: async () => [],
  async *read() {
    for (const doc of items) yield { kind: "item", itemId: doc.id, sourcePath: "memory", content: doc };
    yield { kind: "item", itemId: "d0", sourcePath: "memory", content: { id: "d0", text: "again" } };
    yield { kind: "broken", itemId: "memory#9", sourcePath: "memory", error: new Error("is not an object") };
    yield { kind: "skipped", itemId: "old", sourcePath: "memory", reason: "an older copy" };
  },
});

const nowhere: Sink<unknown> = {
  name: "keep",
  version: 1,
  check: async () => {},
  load: async () => ({ outputPath: "/dev/null" }),
};

const ask = defineStep({
  name: "ask",
  lane: "model",
  cache: true,
  process: async (text: string, { model }) => (await model.generate({ prompt: text })).text,
});

const merge = defineCollect({
  name: "merge",
  lane: "model",
  cache: true,
  process: async (parts: readonly string[], { model }) =>
    parts.length === 1 ? (parts[0] ?? "") : (await model.generate({ prompt: parts.join("\n") })).text,
});

const pipelineOf = (items: readonly Doc[]): AnyPipeline =>
  definePipeline("docs").phase("work", (phase) =>
    phase
      .extract(sourceOf(items))
      .step("choose", (doc) => (doc.id === "d1" ? filterItem("not this one") : doc.text))
      .step("split", (text) => (text.length > 400 ? fanOut([text.slice(0, 400), text.slice(400)]) : text))
      .transform(ask)
      .transform(merge)
      .load(nowhere),
  );

function countingModel(): { readonly model: Model; readonly asked: GenerateRequest[] } {
  const asked: GenerateRequest[] = [];
  const model: Model = {
    id: "api:model",
    fingerprint: "api:model",
    lane: "api",
    check: async () => ({ notes: [], contextTokens: 4096 }),
    async generate(request) {
      asked.push(request);
      return {
        text: "Kelp".repeat(400),
        usage: { inputTokens: Math.ceil(request.prompt.length / 4), outputTokens: 400 },
      };
    },
  };
  return { model, asked };
}

const newWorkspace = (): string => join(mkdtempSync(join(tmpdir(), "holdfast-plan-")), ".holdfast");

describe("planPipeline", () => {
  it("predicts the calls, the chunks and the ends of a run, and asks and writes nothing", async () => {
    const workspace = newWorkspace();
    const { model, asked } = countingModel();
    const pipeline = pipelineOf(docs(5));
    const plan = await planPipeline(pipeline, { workspace, model });
    expect(asked).toEqual([]);
    expect(existsSync(workspace)).toBe(false);
    expect(plan).toMatchObject({
      elements: 8,
      work: { "to do": 4 },
      chunkedItems: 1,
      chunks: 2,
      calls: 5,
      merges: 1,
      mergedAnswers: 2,
      cachedAnswers: 0,
      contextTokens: 4096,
      listPrices: undefined,
      pastRuns: 0,
    });
    expect(new Set(plan.ends)).toEqual(
      new Set([
        { status: "filtered", reason: "not this one", count: 1 },
        { status: "skipped", reason: "an earlier element has the same id", count: 1 },
        { status: "skipped", reason: "an older copy", count: 1 },
        { status: "failed", reason: "is not an object", count: 1 },
      ]),
    );
    const { session } = await runPipeline(pipeline, { workspace, model });
    expect(asked).toHaveLength(plan.calls + plan.merges);
    // The parent of the two chunks and the chunks themselves are items of their own.
    expect(session.counts).toMatchObject({ completed: 4 + 2, filtered: 1, skipped: 2, failed: 1 });
    const { usage } = await reportSession(workspace, session.id);
    for (const [range, actual] of [
      [plan.estimate?.calls, usage.calls],
      [plan.estimate?.inputTokens, usage.inputTokens],
      [plan.estimate?.outputTokens, usage.outputTokens],
    ] as const) {
      expect(range?.least).toBeLessThanOrEqual(actual);
      expect(range?.most).toBeGreaterThanOrEqual(actual);
    }
  });

  it("finds cached answers, those of chunks and their merging included", async () => {
    const workspace = newWorkspace();
    const { model, asked } = countingModel();
    await runPipeline(pipelineOf(docs(4)), { workspace, model });
    const before = readFileSync(join(workspace, "workspace.db"));
    const calls = asked.length;
    const plan = await planPipeline(pipelineOf(docs(6)), { workspace, model });
    expect(plan).toMatchObject({ calls: 2, merges: 0, cachedAnswers: 2 + 2 + 1 + 2, work: { "to do": 5 } });
    expect(readdirSync(workspace).toSorted()).toEqual(["sessions", "workspace.db"]);
    expect(readFileSync(join(workspace, "workspace.db"))).toEqual(before);
    expect(asked).toHaveLength(calls);
    const without = await planPipeline(pipelineOf(docs(6)), { workspace, model, useCache: false });
    expect(without).toMatchObject({ calls: 6, merges: 1, cachedAnswers: 0 });
  });

  it("takes the length of answers and the speed from earlier runs with the same model", async () => {
    const workspace = newWorkspace();
    const { model } = countingModel();
    await runPipeline(pipelineOf(docs(3)), { workspace, model });
    const plan = await planPipeline(pipelineOf(docs(20)), {
      workspace,
      model,
      prices: { "api:model": { inputPerMillion: 0, outputPerMillion: 10 } },
    });
    expect(plan.pastRuns).toBe(1);
    const { calls, outputTokens, cost } = plan.estimate ?? {};
    expect(outputTokens?.least).toBeCloseTo((calls?.least ?? 0) * 400 * 0.7);
    expect(outputTokens?.most).toBeCloseTo((calls?.most ?? 0) * 400 * 1.4);
    expect(cost?.most).toBeCloseTo(((outputTokens?.most ?? 0) * 10) / 1_000_000);
    const other = await planPipeline(pipelineOf(docs(20)), { workspace, model: { ...model, id: "api:other" } });
    expect(other.pastRuns).toBe(0);
  });

  it("is made without a model that cannot be looked at, and says so", async () => {
    const workspace = newWorkspace();
    const { model } = countingModel();
    const away: Model = {
      ...model,
      check: async () => {
        throw new HoldfastError("model_unusable", "No server answers.");
      },
    };
    expect(await planPipeline(pipelineOf(docs(3)), { workspace, model: away })).toMatchObject({
      calls: 2,
      modelProblem: "No server answers.",
    });
  });

  it("counts by length while the model's own tokenizer is not loaded", async () => {
    const { model } = countingModel();
    const inAFile: Model = {
      ...model,
      inspect: async () => ({ notes: [] }),
      countTokens: () => {
        throw new Error("not loaded");
      },
    };
    const plan = await planPipeline(pipelineOf(docs(3)), { workspace: newWorkspace(), model: inAFile });
    expect(plan).toMatchObject({ calls: 2, work: { "to do": 2 } });
    expect(plan.estimate?.inputTokens.most).toBeGreaterThan(plan.estimate?.inputTokens.least ?? Infinity);
  });

  it("names kinds of work as it is told to", async () => {
    const plan = await planPipeline(pipelineOf(docs(5)), {
      workspace: newWorkspace(),
      model: countingModel().model,
      kindOf: ({ chunks }) => (chunks > 0 ? "long" : "short"),
    });
    expect(plan.work).toEqual({ long: 1, short: 3 });
  });

  it("ends early when it is told to", async () => {
    const controller = new AbortController();
    const planned = planPipeline(pipelineOf(docs(9)), {
      workspace: newWorkspace(),
      model: countingModel().model,
      signal: controller.signal,
      onElement: (looked) => looked === 2 && controller.abort(new Error("enough")),
    });
    await expect(planned).rejects.toThrow("enough");
  });
});
