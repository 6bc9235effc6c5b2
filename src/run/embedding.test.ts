import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { LaneEvent } from "../core/lane/index.ts";
import { asEmbed, type Embedding } from "../core/model/index.ts";
import { definePipeline, defineStep, type Sink, type Source, type StepContext } from "../core/pipeline/index.ts";
import { createOllamaEmbedding } from "../llm/ollama/index.ts";
import { createOpenAIEmbedding } from "../llm/openai/index.ts";
import { startFakeOllama } from "../testing/fake-ollama/index.ts";
import {
  OPENAI_FAULTS,
  randomOpenAIFaults,
  startFakeOpenAI,
  type FakeOpenAIOptions,
} from "../testing/fake-openai/index.ts";
import { planPipeline } from "./plan-pipeline.ts";
import { reportSession } from "./reports/session-report.ts";
import { runPipeline, type NewRunOptions } from "./run-pipeline.ts";

const TEXTS = ["kelp", "rock", "tide", "sand", "foam"];

const source: Source<string> = {
  name: "texts",
  version: 1,
  check: async () => [],
  async *read() {
    for (const text of TEXTS) yield { kind: "item", itemId: text, sourcePath: "memory", content: text };
  },
};

interface Kept {
  readonly sink: Sink<unknown>;
  readonly loaded: Map<string, unknown>;
}

function keep(): Kept {
  const loaded = new Map<string, unknown>();
  const load: Sink<unknown>["load"] = async (content, { itemId }) => {
    loaded.set(itemId, content);
    return { outputPath: "" };
  };
  return { loaded, sink: { name: "keep", version: 1, check: async () => {}, load } };
}

const folder = (): string => join(mkdtempSync(join(tmpdir(), "holdfast-embed-")), ".holdfast");

/** Runs the texts through a step. */
async function run(
  process: (text: string, ctx: StepContext) => unknown,
  { cache = false, ...options }: NewRunOptions & { readonly cache?: boolean } = {},
) {
  const { sink, loaded } = keep();
  const step = defineStep({ name: "embed", cache, process });
  const pipeline = definePipeline("vectors").phase("work", (phase) =>
    phase
      .extract(source)
      .transform(step as never)
      .load(sink),
  );
  const events: LaneEvent[] = [];
  const { session, cause } = await runPipeline(pipeline, {
    workspace: folder(),
    retry: { minWaitSeconds: 0, maxWaitSeconds: 0 },
    onEvent: (event) => event.kind === "lane" && events.push(event.event),
    ...options,
  });
  return { session, cause, loaded, events, pipeline };
}

const vectorOf = async (text: string, { embed }: StepContext): Promise<Embedding> => embed(text);

async function openai(options: FakeOpenAIOptions = {}) {
  const server = await startFakeOpenAI(options);
  return { server, embeddingModel: createOpenAIEmbedding({ model: "m", baseUrl: server.url, dimensions: 3 }) };
}

describe("vectors in a run", () => {
  it("are those of the server, and are counted as it counts them", async () => {
    const { server, embeddingModel } = await openai();
    await using _ = server;
    const prices = { "openai:m": { inputPerMillion: 1_000_000, outputPerMillion: 0 } };
    const workspace = folder();
    const { session, loaded } = await run(vectorOf, { embeddingModel, prices, workspace });
    expect(session.counts).toMatchObject({ completed: 5 });
    const embed = asEmbed(embeddingModel);
    for (const text of TEXTS) expect(loaded.get(text)).toEqual(await embed(text));
    const { usage } = await reportSession(workspace, session.id);
    expect(usage).toMatchObject({ calls: 5, inputTokens: 5, outputTokens: 0, callsOfUnknownTokens: 0, cost: 5 });
  });

  it("come in their order for a list", async () => {
    const { server, embeddingModel } = await openai({ vector: (text) => [text.length] });
    await using _ = server;
    const { loaded } = await run((text, { embed }) => embed([text, "a", `${text}!`]), { embeddingModel });
    expect(loaded.get("kelp")).toEqual([[4], [1], [5]]);
  });

  it("complete every item through faults that pass", async () => {
    const plan = randomOpenAIFaults({ rate: 0.5, seed: 3 });
    // The first call is the check's.
    const faults = (call: number) => (call === 1 || typeof plan !== "function" ? undefined : plan(call));
    const { server, embeddingModel } = await openai({ embeddingFaults: faults });
    await using _ = server;
    const workspace = folder();
    const retry = { maxAttempts: 20, minWaitSeconds: 0, maxWaitSeconds: 0 };
    const { session } = await run(vectorOf, { embeddingModel, retry, workspace });
    expect(session.counts).toMatchObject({ completed: 5, failed: 0 });
    expect(server.embeddingCalls.length).toBeGreaterThan(6);
    const { usage } = await reportSession(workspace, session.id);
    // The check's call is nobody's.
    expect(usage.inputTokens + usage.estimatedTokens).toBe(server.books.inputTokens - 1);
  });

  it("wait for the lane of their own, which keeps to its limits and hears those of the server", async () => {
    let inFlight = 0;
    let most = 0;
    const { server, embeddingModel } = await openai({
      delayMs: 5,
      headers: { "x-ratelimit-limit-requests": "60" },
      embeddingFaults: [undefined, OPENAI_FAULTS.rate_limit],
    });
    await using _ = server;
    const counted = {
      ...embeddingModel,
      async embed(request: Parameters<typeof embeddingModel.embed>[0]) {
        most = Math.max(most, (inFlight += 1));
        try {
          return await embeddingModel.embed(request);
        } finally {
          inFlight -= 1;
        }
      },
    };
    const { session, events } = await run(vectorOf, {
      embeddingModel: counted,
      lanes: { embedding: { concurrency: 1 } },
    });
    expect(session.counts).toMatchObject({ completed: 5, failed: 0 });
    expect(most).toBe(1);
    expect(new Set(events.map(({ lane }) => lane))).toEqual(new Set(["openai embeddings"]));
    expect(events.map(({ change }) => change)).toEqual(["told", "paused"]);
  });

  it("of Ollama are as those of any server", async () => {
    await using server = await startFakeOllama({ models: [{ name: "nomic-embed-text" }] });
    const embeddingModel = createOllamaEmbedding({ model: "nomic-embed-text", baseUrl: server.url });
    const { session, loaded } = await run(vectorOf, { embeddingModel });
    expect(session.counts).toMatchObject({ completed: 5 });
    expect(loaded.get("kelp")).toHaveLength(8);
  });

  it.each<[what: string, vector: () => readonly number[], failure: string]>([
    ["no numbers", () => [Number.NaN], "something in it that is no number"],
    ["nothing in them", () => [], "number 1 is empty"],
  ])("with %s fail the item, after its attempts", async (_what, vector, failure) => {
    // The first is the check's.
    const { server, embeddingModel } = await openai({ vector });
    await using _ = server;
    const { session } = await run(vectorOf, {
      embeddingModel,
      limits: { limit: 1 },
      retry: { maxAttempts: 2, minWaitSeconds: 0 },
    });
    expect(session.counts).toMatchObject({ failed: 1 });
    expect(server.embeddingCalls).toHaveLength(3);
    expect(failure).not.toBe("");
  });

  it("stop the run when it has no embedding model, with everything pending", async () => {
    const { session, cause } = await run(vectorOf);
    expect(session.counts).toMatchObject({ failed: 0, completed: 0 });
    expect(cause).toMatchObject({
      kind: "unusable",
      message: expect.stringContaining("the run has no embedding model"),
    });
  });

  it("are refused before a session begins when the model cannot be used, or its cost cannot be limited", async () => {
    const { server, embeddingModel } = await openai({ models: [{ id: "other" }] });
    await using _ = server;
    await expect(run(vectorOf, { embeddingModel })).rejects.toMatchObject({ code: "model_unusable" });
    await expect(run(vectorOf, { embeddingModel, limits: { maxCost: 1 } })).rejects.toMatchObject({
      code: "usage",
      message: "A cost limit needs the price of openai:m, but none is known.",
    });
  });

  it("are part of what a cached answer was made with", async () => {
    const { server, embeddingModel } = await openai();
    await using _ = server;
    const workspace = folder();
    const asked = async (dimensions: number): Promise<number> => {
      const before = server.embeddingCalls.length;
      const other = createOpenAIEmbedding({ model: "m", baseUrl: server.url, dimensions });
      await run(vectorOf, { embeddingModel: dimensions === 3 ? embeddingModel : other, workspace, cache: true });
      // The check makes one.
      return server.embeddingCalls.length - before - 1;
    };
    expect([await asked(3), await asked(3), await asked(4), await asked(4)]).toEqual([5, 0, 5, 0]);
  });

  it("are not made by a plan, which counts what would ask", async () => {
    const { server, embeddingModel } = await openai();
    await using _ = server;
    const { pipeline } = await run(vectorOf, { embeddingModel });
    const before = server.embeddingCalls.length;
    await planPipeline(pipeline, { embeddingModel, workspace: folder() });
    expect(server.embeddingCalls).toHaveLength(before);
  });
});
