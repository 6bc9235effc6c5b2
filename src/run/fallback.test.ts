import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fallback, spentIn, type Model } from "../core/model/index.ts";
import { definePipeline, defineStep, type Source } from "../core/pipeline/index.ts";
import { startFakeOpenAI, type FakeOpenAI, type FakeOpenAIOptions, type OpenAIFaultPlan } from "../entries/testing.ts";
import { createExtractive } from "../llm/extractive/index.ts";
import { createOpenAI } from "../llm/openai/index.ts";
import { planPipeline, runPipeline, type RunOptions } from "./index.ts";
import { openItems } from "./reports/find-items.ts";
import { reportSession } from "./reports/session-report.ts";

const numbers = (count: number): Source<string> => ({
  name: "numbers",
  version: 1,
  check: async () => [],
  async *read() {
    for (let n = 0; n < count; n += 1) {
      yield {
        kind: "item",
        itemId: `item-${n}`,
        sourcePath: "memory",
        content: `What is number ${n}? It is a number.`,
      };
    }
  },
});

const pipelineOf = (count: number) =>
  definePipeline("numbers").phase("ask", (phase) =>
    phase
      .extract(numbers(count))
      .transform(
        defineStep({
          name: "ask",
          cache: true,
          lane: "model",
          process: async (prompt: string, { model, signal }) => (await model.generate({ prompt, signal })).text,
        }),
      )
      .load({ name: "drop", version: 1, check: async () => {}, load: async () => ({ outputPath: "" }) }),
  );

const newWorkspace = (): string => join(mkdtempSync(join(tmpdir(), "holdfast-fallback-")), ".holdfast");

const modelAt = (name: string, { url }: FakeOpenAI): Model => createOpenAI({ model: name, baseUrl: url });
const serve = (name: string, options: FakeOpenAIOptions = {}): Promise<FakeOpenAI> =>
  startFakeOpenAI({ models: [{ id: name }], answer: () => `${name} says so.`, ...options });

interface Ran {
  readonly session: Awaited<ReturnType<typeof runPipeline>>["session"];
  readonly cause: unknown;
  /** By item. */
  readonly answeredBy: readonly (readonly string[])[];
  readonly lines: readonly string[];
  readonly usage: Awaited<ReturnType<typeof reportSession>>["usage"];
}

async function run(count: number, options: RunOptions): Promise<Ran> {
  const { workspace = newWorkspace() } = options;
  const lines: string[] = [];
  const { session, cause } = await runPipeline(pipelineOf(count), {
    ...options,
    workspace,
    retry: { minWaitSeconds: 0, maxWaitSeconds: 0 },
    onEvent: (event) => {
      if (event.kind === "engine" || event.kind === "notice") lines.push(event.message);
      if (event.kind === "model") lines.push(event.note);
    },
  });
  await using items = await openItems(workspace, session.id);
  const answeredBy = Array.from({ length: count }, (_, n) =>
    items.item({ phase: "ask", itemId: `item-${n}` })?.steps.flatMap(({ usage }) => usage?.answeredBy ?? []),
  );
  const { usage } = await reportSession(workspace, session.id);
  return { session, cause, answeredBy: answeredBy.map((ids) => ids ?? []), lines, usage };
}

const count = (ids: readonly (readonly string[])[], id: string): number => ids.filter(([first]) => first === id).length;

describe("a run with models that are asked in turn", () => {
  it.each<readonly [what: string, faults: OpenAIFaultPlan, callsOfFirst: number]>([
    ["has no credit left", () => "insufficient_quota", 1],
    ["refuses the key", () => "invalid_key", 1],
    ["has no such model any more", () => "model_not_found", 1],
    ["is down with server errors", () => "server_error", 20],
    ["refuses each prompt", () => "content_filter", 20],
  ])("completes each item when the first one %s", async (_, faults, callsOfFirst) => {
    await using a = await serve("a", { faults });
    await using b = await serve("b");
    const ran = await run(20, {
      model: fallback([modelAt("a", a), modelAt("b", b)]),
      lanes: { openai: { concurrency: 1 } },
    });
    expect(ran.session.counts).toMatchObject({ completed: 20, failed: 0 });
    expect(ran.cause).toBeUndefined();
    expect(count(ran.answeredBy, "openai:b")).toBe(20);
    expect([a.calls.length, b.calls.length]).toEqual([callsOfFirst, 20]);
  });

  it("says once that one is left out, and why", async () => {
    await using a = await serve("a", { faults: () => "insufficient_quota" });
    await using b = await serve("b");
    const { lines } = await run(20, { model: fallback([modelAt("a", a), modelAt("b", b)]) });
    expect(lines.filter((line) => line.includes("openai:a is left out from now on"))).toHaveLength(1);
  });

  it("asks the second one only while the first asks to slow down", async () => {
    await using a = await serve("a", {
      faults: (call) =>
        call === 3 ? { does: "respond", status: 429, body: {}, headers: { "retry-after-ms": "150" } } : undefined,
    });
    await using b = await serve("b", { delayMs: 20 });
    const ran = await run(40, { model: fallback([modelAt("a", a), modelAt("b", b)]) });
    expect(ran.session.counts).toMatchObject({ completed: 40, failed: 0 });
    const [byA, byB] = [count(ran.answeredBy, "openai:a"), count(ran.answeredBy, "openai:b")];
    expect(byA + byB).toBe(40);
    expect(byA).toBeGreaterThan(2);
    expect(byB).toBeGreaterThan(0);
  });

  it("counts each model's calls at its own price", async () => {
    await using a = await serve("a", { faults: (call) => (call % 2 === 0 ? "insufficient_quota" : undefined) });
    await using b = await serve("b");
    const prices = {
      "openai:a": { inputPerMillion: 10, outputPerMillion: 100 },
      "openai:b": { inputPerMillion: 1, outputPerMillion: 1 },
    };
    const { usage } = await run(20, { model: fallback([modelAt("a", a), modelAt("b", b)]), prices });
    const billed =
      (a.books.inputTokens * 10 + a.books.outputTokens * 100 + b.books.inputTokens + b.books.outputTokens) / 1e6;
    expect(spentIn(usage).cost).toBeCloseTo(billed, 9);
    expect(usage.calls).toBe(a.books.calls + b.books.calls);
  });

  it("ends in the extractive engine, where that is the last one", async () => {
    await using a = await serve("a", { faults: () => "server_error" });
    const ran = await run(5, { model: fallback([modelAt("a", a), createExtractive()]) });
    expect(ran.session.counts).toMatchObject({ completed: 5 });
    expect(count(ran.answeredBy, "extractive")).toBe(5);
  });

  it("stops with everything pending when no model can be used any more", async () => {
    await using a = await serve("a", { faults: () => "insufficient_quota" });
    await using b = await serve("b", { faults: (call) => (call > 3 ? "invalid_key" : undefined) });
    const ran = await run(20, {
      model: fallback([modelAt("a", a), modelAt("b", b)]),
      lanes: { "openai:b": { concurrency: 1 } },
    });
    expect(ran.session.status).toBe("interrupted");
    expect(ran.session.counts.failed).toBe(0);
    expect(ran.session.counts.completed).toBeLessThanOrEqual(3);
    expect(JSON.stringify(ran.cause)).toContain("openai:a: ");
  });

  it("goes on when one is away for longer than it may be and the other asks to wait", async () => {
    await using gone = await serve("a");
    await using b = await serve("b", {
      faults: (call) =>
        call === 2 ? { does: "respond", status: 429, body: {}, headers: { "retry-after": "2" } } : undefined,
    });
    const { url } = gone;
    const a = createOpenAI({ model: "a", baseUrl: url });
    // It is there for the check, and gone when the run begins.
    const leaving: Model = {
      ...a,
      async check(signal) {
        const info = await a.check(signal);
        await gone[Symbol.asyncDispose]();
        return info;
      },
    };
    const lanes = { openai: { outageAfter: 1, maxOutageMs: 1_000 }, "openai:b": { concurrency: 1 } };
    const ran = await run(6, { model: fallback([leaving, modelAt("b", b)]), lanes });
    expect(ran.cause).toBeUndefined();
    expect(ran.session.counts).toMatchObject({ completed: 6, failed: 0 });
  });

  it("stops with everything pending when all are away for longer than they may be", async () => {
    const leaving = async (name: string): Promise<Model> => {
      const server = await serve(name);
      const model = modelAt(name, server);
      let isThere = true;
      const check: Model["check"] = async (signal) => {
        const info = await model.check(signal);
        if (isThere) await server[Symbol.asyncDispose]();
        isThere = false;
        return info;
      };
      return { ...model, check };
    };
    const lanes = { openai: { outageAfter: 1, maxOutageMs: 500 }, "openai:b": { outageAfter: 1, maxOutageMs: 500 } };
    const ran = await run(6, { model: fallback([await leaving("a"), await leaving("b")]), lanes });
    expect(ran.session.status).toBe("interrupted");
    expect(ran.cause).toMatchObject({ kind: "unusable", failure: "outage" });
    expect(ran.session.counts.completed + ran.session.counts.failed).toBe(0);
  });

  it("begins when only the second one can be used", async () => {
    await using gone = await serve("a");
    const url = gone.url;
    await gone[Symbol.asyncDispose]();
    await using b = await serve("b");
    const a = createOpenAI({ model: "a", baseUrl: url });
    const ran = await run(5, { model: fallback([a, modelAt("b", b)]) });
    expect(count(ran.answeredBy, "openai:b")).toBe(5);
    expect(ran.lines.join("\n")).toContain("openai:a is left out of this run");
  });
});

describe("cached answers of models that are asked in turn", () => {
  it("are used by who asks one of them alone, and say whose they are", async () => {
    const workspace = newWorkspace();
    await using a = await serve("a", { faults: (call) => (call % 2 === 0 ? "server_error" : undefined) });
    await using b = await serve("b");
    const [modelA, modelB] = [modelAt("a", a), modelAt("b", b)];
    const first = await run(10, {
      workspace,
      model: fallback([modelA, modelB]),
      lanes: { openai: { concurrency: 1 } },
    });
    const byB = count(first.answeredBy, "openai:b");
    expect(byB).toBe(5);

    const again = await run(10, { workspace, model: fallback([modelA, modelB]) });
    expect(again.answeredBy).toEqual(first.answeredBy);
    expect([a.calls.length, b.calls.length]).toEqual([10, 5]);
    expect(again.usage.calls).toBe(0);

    const alone = await run(10, { workspace, model: modelB });
    expect(alone.session.counts.completed).toBe(10);
    expect(b.calls.length).toBe(10);
  });

  it("are counted by a plan, which asks nobody", async () => {
    const workspace = newWorkspace();
    await using a = await serve("a");
    await using b = await serve("b");
    const [modelA, modelB] = [modelAt("a", a), modelAt("b", b)];
    await run(5, { workspace, model: modelB });
    const price = { inputPerMillion: 1, outputPerMillion: 1 };
    const plan = await planPipeline(pipelineOf(8), {
      workspace,
      model: fallback([modelA, modelB]),
      prices: { "openai:a": price },
    });
    expect(plan.estimate).toMatchObject({ calls: { least: 3, most: 3 } });
    expect(plan.estimate?.cost).toBeDefined();
    expect([a.calls.length, b.calls.length]).toEqual([0, 5]);
  });

  it("of the first one are taken before those of the second", async () => {
    const workspace = newWorkspace();
    await using a = await serve("a");
    await using b = await serve("b");
    const [modelA, modelB] = [modelAt("a", a), modelAt("b", b)];
    await run(5, { workspace, model: modelB });
    await run(5, { workspace, model: modelA });
    const both = await run(5, { workspace, model: fallback([modelA, modelB]) });
    expect(count(both.answeredBy, "openai:a")).toBe(5);
    expect([a.calls.length, b.calls.length]).toEqual([5, 5]);
  });
});
