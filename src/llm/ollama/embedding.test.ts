import { describe, expect, it } from "vitest";
import { HoldfastError } from "../../core/failure/index.ts";
import {
  startFakeOllama,
  type FakeOllamaOptions,
  type Fault,
  type FaultName,
} from "../../testing/fake-ollama/index.ts";
import { createOllamaEmbedding, type OllamaEmbeddingOptions } from "./ollama-embedding.ts";

const MODELS = [{ name: "nomic-embed-text", capabilities: ["embedding"], contextLength: 2048 }];

async function embedding(server: FakeOllamaOptions = {}, options: Partial<OllamaEmbeddingOptions> = {}) {
  const fake = await startFakeOllama({ models: MODELS, ...server });
  return { fake, model: createOllamaEmbedding({ model: "nomic-embed-text", baseUrl: fake.url, ...options }) };
}

const failureOf = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "no failure",
    (error: unknown) => error,
  );

const says = (status: number, body: unknown): Fault => ({ does: "respond", status, body: body as never });

describe("vectors of Ollama", () => {
  it("are asked for in one call, uncut, with the context of the run", async () => {
    const { fake, model } = await embedding({}, { dimensions: 3, keepAlive: "5m" });
    await using _ = fake;
    const { embeddings, usage } = await model.embed({ values: ["kelp", "a longer text"] });
    expect(embeddings.map((vector) => vector.length)).toEqual([3, 3]);
    expect(usage).toEqual({ inputTokens: 5 });
    expect(fake.embeds).toEqual([
      {
        model: "nomic-embed-text",
        truncate: false,
        dimensions: 3,
        keep_alive: "5m",
        options: { num_ctx: 2048 },
        input: ["kelp", "a longer text"],
      },
    ]);
  });

  it.each<[what: string, fault: Fault | FaultName, kind: string, message: RegExp]>([
    // ollama/ollama#14186
    [
      "a text that is too long",
      says(400, { error: "the input length exceeds the context length" }),
      "input_too_long",
      /exceeds the context length/,
    ],
    ["a full queue", "queue_full", "rate_limit", /./],
    ["a model that died", "runner_died", "transient", /./],
    ["a broken connection", "reset", "transient", /connection broke/i],
    ["no JSON", says(200, "kelp"), "transient", /not from Ollama/],
    [
      "NaN, which Go cannot write",
      says(500, { error: "failed to encode response: json: unsupported value: NaN" }),
      "transient",
      /unsupported value: NaN/,
    ],
  ])("%s becomes a failure of its kind", async (_what, fault, kind, message) => {
    const { fake, model } = await embedding({ embedFaults: [fault] });
    await using _ = fake;
    expect(await failureOf(model.embed({ values: ["kelp"] }))).toMatchObject({
      kind,
      message: expect.stringMatching(message),
    });
  });

  it("are refused for a text that does not fit, and never cut", async () => {
    const { fake, model } = await embedding({}, { numCtx: 4 });
    await using _ = fake;
    expect(await failureOf(model.embed({ values: ["kelp ".repeat(9)] }))).toMatchObject({ kind: "input_too_long" });
  });
});

describe("the check of an embedding model of Ollama", () => {
  it("says how long its vectors are, and completes the fingerprint", async () => {
    const { fake, model } = await embedding();
    await using _ = fake;
    expect(model.fingerprint).toContain("digest=unknown");
    expect(await model.check()).toEqual({ notes: ["nomic-embed-text: vectors of 8 dimensions"] });
    expect(model.fingerprint).toMatch(/^ollama:nomic-embed-text digest=[0-9a-f]{64} num_ctx=2048 dimensions=default$/);
  });

  it("refuses one that is not there, and says which may be meant", async () => {
    const { fake, model } = await embedding({}, { model: "nomic-embed-txt" });
    await using _ = fake;
    const refusal = await failureOf(model.check());
    expect(refusal).toBeInstanceOf(HoldfastError);
    expect(refusal).toMatchObject({
      code: "model_unusable",
      message: expect.stringContaining('has no model "nomic-embed-txt". Did you mean "nomic-embed-text:latest"?'),
      hint: "Run `ollama pull nomic-embed-txt` to get it.",
    });
  });

  it("refuses a server that is not there", async () => {
    const { fake, model } = await embedding();
    await fake.goDown();
    await using _ = fake;
    expect(await failureOf(model.check())).toMatchObject({ code: "model_unusable", hint: { kind: "start_ollama" } });
  });
});
