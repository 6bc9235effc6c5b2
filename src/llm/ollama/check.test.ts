import { createServer } from "node:http";
import { once } from "node:events";

import { describe, expect, it, onTestFinished } from "vitest";
import { until } from "../../../test/until.ts";

import { HoldfastError } from "../../core/failure/index.ts";
import type { ModelInfo } from "../../core/model/index.ts";
import { startFakeOllama, type FakeModel, type FakeOllama, type FakeOllamaOptions } from "../../entries/testing.ts";
import { createOllama, type OllamaOptions } from "./index.ts";

async function fake(options: FakeOllamaOptions = {}): Promise<FakeOllama> {
  const server = await startFakeOllama(options);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

const check = (baseUrl: string, options: Partial<OllamaOptions> = {}): Promise<ModelInfo> =>
  createOllama({ model: "llama3.2", baseUrl, ...options }).check();

async function refusalOf(checking: Promise<ModelInfo>): Promise<HoldfastError> {
  const error: unknown = await checking.catch((reason: unknown) => reason);
  if (!(error instanceof HoldfastError)) throw new Error("Expected a HoldfastError", { cause: error });
  expect(error.code).toBe("model_unusable");
  return error;
}

describe("check", () => {
  it("says how much context the run has", async () => {
    const server = await fake({ models: [{ name: "llama3.2", contextLength: 4096 }] });
    expect(await check(server.url)).toMatchObject({ contextTokens: 4096 });
  });

  it.each([
    [0, "runs on the CPU: expect it to be slow"],
    [0.42, "only 42% of it is on the GPU: a smaller model or context would be faster"],
    [1, "runs on the GPU"],
  ])("loads the model and says where it runs: %f of it on the GPU", async (gpuShare, note) => {
    const server = await fake({ models: [{ name: "llama3.2:latest", gpuShare }] });
    expect((await check(server.url)).notes).toEqual([`llama3.2: 131,072 tokens of context, 8,192 used; ${note}`]);
    expect([server.loads.length, server.calls.length]).toEqual([1, 0]);
  });

  it("says when more was asked for than the model can do", async () => {
    const server = await fake({ models: [{ name: "llama3.2", contextLength: 2048, gpuShare: 1 }] });
    expect((await check(server.url, { numCtx: 9000, think: true })).notes).toEqual([
      "The model was made for 2048 tokens of context, used instead of 9000.",
      "The model has no thinking mode, so it answers without.",
      "llama3.2: 2,048 tokens of context; runs on the GPU",
    ]);
  });

  it("says that a cloud model sends what it reads elsewhere, and does not load it", async () => {
    const server = await fake({ models: [{ name: "big:120b-cloud", cloud: true }] });
    const { notes } = await check(server.url, { model: "big:120b-cloud" });
    expect(notes).toEqual([
      "big:120b-cloud: 131,072 tokens of context, 8,192 used",
      "The model runs in Ollama's cloud: what you import is sent there.",
    ]);
    expect(server.loads).toEqual([]);
  });

  it("says which address was tried and how to start Ollama when nothing answers", async () => {
    const server = await fake();
    await server.goDown();
    const error = await refusalOf(check(server.url));
    expect(error.message).toBe(
      `Cannot use Ollama at ${server.url}. The connection was refused (Ollama at ${server.url}).`,
    );
    expect(error.hint).toEqual({ kind: "start_ollama" });
    expect(error.cause).toMatchObject({ kind: "transient", cause: { code: "ECONNREFUSED" } });
  });

  it.each([
    [200, "<html>Welcome to nginx!</html>"],
    [200, '{"hello":"world"}'],
    [404, "404 page not found"],
  ])("notices that what answers %i %s is not Ollama", async (status, body) => {
    const server = createServer((_req, res) => res.writeHead(status).end(body)).listen(0, "127.0.0.1");
    onTestFinished(() => server.close().closeAllConnections());
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const error = await refusalOf(check(`http://127.0.0.1:${port}`));
    expect(error.message).toContain(`Cannot use Ollama at http://127.0.0.1:${port}.`);
  });

  it.each<[string, readonly string[], string]>([
    ["lama3.2", ["llama3.2:latest", "qwen3:8b"], 'has no model "lama3.2". Did you mean "llama3.2:latest"?'],
    ["llama3.2", ["llama3.2:3b", "llama3.2:1b"], 'no model "llama3.2". Did you mean "llama3.2:1b" or "llama3.2:3b"?'],
    ["phi4-reasoning", ["qwen3:8b"], 'has no model "phi4-reasoning".'],
  ])("says of %s what is there instead", async (wanted, names, message) => {
    const server = await fake({ models: names.map((name): FakeModel => ({ name })) });
    const error = await refusalOf(check(server.url, { model: wanted }));
    expect(error.message).toContain(message);
    expect(error.hint).toBe(`Run \`ollama pull ${wanted}\` to get it. Available: ${names.join(", ")}.`);
  });

  it("says that there is no model at all", async () => {
    const server = await fake({ models: [] });
    const error = await refusalOf(check(server.url));
    expect(error.hint).toBe("Run `ollama pull llama3.2` to get it. No model is installed yet.");
  });

  it("refuses a model that only makes embeddings", async () => {
    const server = await fake({ models: [{ name: "embedder", capabilities: ["embedding"] }, { name: "llama3.2" }] });
    const error = await refusalOf(check(server.url, { model: "embedder" }));
    expect(error.message).toBe('The model "embedder" cannot chat: it only makes embeddings.');
    expect(error.hint).toContain("llama3.2");
  });

  it.each([
    "out_of_memory",
    "out_of_memory_before_2026",
    "does_not_fit_gpu",
    "incompatible",
    "broken_file",
    "no_binary",
    "runner_gone",
    "load_failed",
    "load_timeout",
    "cloud_unauthorized",
    "cloud_usage_limit",
  ] as const)("refuses a model whose loading ends in %s", async (loadFault) => {
    const server = await fake({ loadFault });
    const error = await refusalOf(check(server.url));
    expect(error.message).toMatch(/^The model "llama3\.2" cannot be used\. .+\(HTTP \d+: .+\)/);
  });

  it.each(["queue_full", "reset", "runner_died", "cloud_rate_limit"] as const)(
    "leaves it to the run's retries when loading meets %s",
    async (loadFault) => {
      const server = await fake({ loadFault });
      const { contextTokens, notes } = await check(server.url);
      expect(contextTokens).toBe(8192);
      expect(notes[1]).toMatch(/^The model could not be loaded in advance, which may be temporary\. /);
    },
  );

  it("can look at a model without loading it, and then knows its fingerprint", async () => {
    const server = await fake({ models: [{ name: "llama3.2", contextLength: 4096 }] });
    const model = createOllama({ model: "llama3.2", baseUrl: server.url });
    expect(await model.inspect?.()).toMatchObject({ contextTokens: 4096 });
    expect(server.loads).toEqual([]);
    const inspected = model.fingerprint;
    await model.check();
    expect(server.loads).toHaveLength(1);
    expect(model.fingerprint).toBe(inspected);
  });

  it("stops at once when it is told to", async () => {
    const server = await fake({ loadFault: "hang" });
    const stopped = new Error("stopped");
    const controller = new AbortController();
    const settled = expect(
      createOllama({ model: "llama3.2", baseUrl: server.url }).check(controller.signal),
    ).rejects.toBe(stopped);
    await until(() => server.loads.length === 1);
    controller.abort(stopped);
    await settled;
  });

  it("hides a password that is part of the address", async () => {
    const server = await fake();
    await server.goDown();
    const error = await refusalOf(check(server.url.replace("//", "//me:secret@")));
    expect(JSON.stringify([error.message, error.hint])).not.toContain("secret");
  });
});
