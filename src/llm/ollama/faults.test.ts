import { describe, expect, it, onTestFinished } from "vitest";
import { until } from "../../../test/until.ts";

import { classifyFailure, type FailureKind, StepError } from "../../core/failure/index.ts";
import { ConnectionError, TimeoutError } from "../../retry/index.ts";
import {
  FAULTS,
  startFakeOllama,
  type FakeOllama,
  type FakeOllamaOptions,
  type FaultName,
  type PlannedFault,
} from "../../entries/testing.ts";
import { createOllama } from "./index.ts";

async function fake(options: FakeOllamaOptions): Promise<FakeOllama> {
  const server = await startFakeOllama({ tokensPerChunk: 2, ...options });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

/** The failure of one call that meets one fault. */
async function failureOf(fault: PlannedFault, options: FakeOllamaOptions = {}): Promise<StepError> {
  const server = await fake({ faults: [fault], ...options });
  const timeouts = fault === "hang" || fault === "stall_mid_stream" ? { firstByteMs: 250, idleMs: 250 } : {};
  const model = createOllama({ model: "llama3.2", baseUrl: server.url, timeouts });
  const error: unknown = await model.generate({ prompt: "What is a hash table?" }).catch((reason: unknown) => reason);
  if (!(error instanceof StepError)) throw new Error("Expected a StepError", { cause: error });
  return error;
}

const KINDS: Readonly<Record<Exclude<FaultName, "omit_prompt_count">, readonly [FailureKind, string]>> = {
  queue_full: ["rate_limit", "Ollama's queue is full (HTTP 503: server busy, please try again.  maximum pending"],
  runner_died: ["transient", "Ollama could not answer (HTTP 500: model runner has unexpectedly stopped"],
  load_timeout: ["transient", "Ollama could not load the model (HTTP 500: timed out waiting for llama-server"],
  load_failed: ["transient", "Ollama could not load the model (HTTP 500: llama-server process has terminated"],
  out_of_memory: ["missing_model", "The model does not fit into the memory of the machine that runs Ollama"],
  out_of_memory_before_2026: [
    "missing_model",
    "The model does not fit into the memory of the machine that runs Ollama",
  ],
  does_not_fit_gpu: ["missing_model", "The model does not fit into the memory of the machine that runs Ollama"],
  incompatible: [
    "missing_model",
    "Ollama cannot load this model (HTTP 500: failed to load model: unknown architecture",
  ],
  broken_file: ["missing_model", 'Ollama cannot load this model (HTTP 500: tensor "blk.9.ffn_down.weight"'],
  no_binary: ["missing_model", "Ollama lacks the program that runs models (HTTP 500: llama-server binary not found"],
  runner_gone: [
    "transient",
    "Ollama could not answer (HTTP 500: llama-server process no longer running: unknown error",
  ],
  client_closed: ["transient", "Ollama reports that the client disconnected (HTTP 499: request canceled)"],
  model_not_found: ["missing_model", "Ollama does not have the model (HTTP 404: model 'gone' not found). Run `ollama"],
  model_not_found_try_pulling: ["missing_model", 'HTTP 404: model "gone" not found, try pulling it first'],
  too_long_chat: [
    "input_too_long",
    "The prompt does not fit into the model's context (HTTP 400: request (9001 tokens) exceeds the available context size (4096 tokens), try increasing it).",
  ],
  too_long_completion: ["input_too_long", "The prompt does not fit into the model's context (HTTP 400: the prompt is"],
  no_chat: ["missing_model", 'The model cannot do what the request asks (HTTP 400: "embedder" does not support chat)'],
  no_thinking: ["missing_model", '"llama3.2" does not support thinking'],
  bad_format: [
    "missing_model",
    'The model does not accept the setting "format" (HTTP 500: invalid format: 1; expected',
  ],
  bad_option: ["missing_model", 'The model does not accept the setting "num_ctx" (HTTP 500: option "num_ctx" must be'],
  cloud_unauthorized: ["auth", "Ollama requires a sign-in (HTTP 401: unauthorized). Run `ollama signin`"],
  cloud_forbidden: ["auth", "Ollama does not let us use this model (HTTP 403: this model requires a subscription"],
  cloud_rate_limit: ["rate_limit", "Ollama asks us to slow down (HTTP 429: too many concurrent requests)."],
  cloud_usage_limit: [
    "quota",
    "The account has used up its allowance (HTTP 429: you (someone) have reached your weekly",
  ],
  cloud_bad_gateway: ["transient", "Ollama could not answer (HTTP 502: Bad Gateway)."],
  cloud_overloaded: ["rate_limit", "HTTP 503: Server overloaded, please retry shortly (ref: 1f2e3d4c)"],
  reset: ["transient", "The connection broke (Ollama at http://127.0.0.1:"],
  reset_mid_stream: ["transient", "The connection broke (Ollama at http://127.0.0.1:"],
  error_mid_stream: [
    "transient",
    "The model crashed in the middle of its answer: an error was encountered while running the model",
  ],
  end_without_done: ["transient", "The answer ended before it was finished"],
  think_only: ["answer", "The answer was empty: the model used it all for thinking ("],
  say_nothing: ["answer", "The answer was empty."],
  cut_at_length: ["answer", "The answer was cut off after"],
  hang: ["transient", "No answer started within 0.25 s (Ollama at http://127.0.0.1:"],
  stall_mid_stream: ["transient", "Nothing more arrived within 0.25 s (Ollama at http://127.0.0.1:"],
  garble_mid_stream: ["transient", "The response is not from Ollama: one of its lines is not JSON."],
};

describe("a fault of Ollama's", () => {
  it.each(Object.entries(KINDS))("%s is told apart, and keeps its request", async (name, [kind, message]) => {
    const error = await failureOf(name as FaultName);
    expect([error.kind, classifyFailure(error)]).toEqual([kind, kind]);
    expect(error.message).toContain(message);
    expect(JSON.parse(error.request ?? "")).toMatchObject({ messages: [{ content: "What is a hash table?" }] });
  });

  it("is in the table above whenever the fake server knows it", () => {
    expect(Object.keys(KINDS).sort()).toEqual(
      Object.keys(FAULTS)
        .filter((name) => name !== "omit_prompt_count")
        .sort(),
    );
  });

  it("keeps the body of a refusal as it came", async () => {
    const error = await failureOf("queue_full");
    expect(error.rawAnswer).toBe('{"error":"server busy, please try again.  maximum pending requests exceeded"}');
    expect(error.retryAfterMs).toBeUndefined();
  });

  it.each(["error_mid_stream", "end_without_done", "stall_mid_stream", "reset_mid_stream"] as const)(
    "keeps what had come before %s",
    async (fault) => {
      const error = await failureOf(fault);
      expect(error.rawAnswer).toContain('"content":"# What i"');
    },
  );

  it("keeps an answer that was cut off, whole and in one piece", async () => {
    const error = await failureOf("cut_at_length", { answer: () => "0123456789".repeat(8) });
    const kept: unknown = JSON.parse(error.rawAnswer ?? "");
    expect(kept).toMatchObject({ message: { content: "0123456789".repeat(4) }, done_reason: "length", eval_count: 10 });
  });

  it("keeps the thoughts of an answer that has nothing else", async () => {
    const error = await failureOf("think_only", { answer: () => "hmm" });
    expect(JSON.parse(error.rawAnswer ?? "")).toMatchObject({ message: { content: "", thinking: "hmm" } });
  });

  it("says how long a rate limit wants us to wait, in seconds or until a date", async () => {
    const limited = (retryAfter: string): PlannedFault => ({
      does: "respond",
      status: 429,
      body: { error: "too many concurrent requests" },
      headers: { "retry-after": retryAfter },
    });
    expect((await failureOf(limited("2"))).retryAfterMs).toBe(2000);
    const until = await failureOf(limited(new Date(Date.now() + 60_000).toUTCString()));
    expect(until.retryAfterMs).toBeGreaterThan(50_000);
    expect(until.retryAfterMs).toBeLessThanOrEqual(60_000);
    expect((await failureOf(limited("in a while"))).retryAfterMs).toBeUndefined();
  });

  it.each([
    [503, { "retry-after": "7" }, "busy", "rate_limit"],
    [402, {}, "pay first", "quota"],
    [413, {}, "too large", "input_too_long"],
    [408, {}, "too slow", "transient"],
    [504, {}, "gateway timeout", "transient"],
    [405, {}, "405 method not allowed", "missing_model"],
    [501, {}, "not implemented", "missing_model"],
    [301, { location: "https://example.com" }, "", "missing_model"],
    [418, {}, "a teapot", "input"],
    [400, {}, '{"error":"missing request body"}', "bug"],
    [400, {}, '{"error":"model is required"}', "missing_model"],
    [400, {}, '{"error":"something else"}', "input"],
    [400, {}, '{"error":{"message":"the prompt is longer than the context length"}}', "input_too_long"],
    // A fault of the server's own: these may be its last words to somebody else.
    [500, {}, '{"error":"llama runner: this request exceeds the available context size"}', "transient"],
  ] as const)("answered %i %j %s is %s", async (status, headers, body, kind) => {
    expect((await failureOf({ does: "respond", status, headers, body })).kind).toBe(kind);
  });

  it("is a broken connection, with the platform's own error as its cause", async () => {
    for (const fault of ["reset", "reset_mid_stream"] as const) {
      const { cause } = await failureOf(fault);
      expect(cause).toBeInstanceOf(ConnectionError);
      expect(cause).toMatchObject({ code: "ECONNRESET" });
    }
  });

  it("is a timeout of our own, not of the platform's, when nothing comes", async () => {
    expect((await failureOf("hang")).cause).toBeInstanceOf(TimeoutError);
    expect((await failureOf("stall_mid_stream")).cause).toBeInstanceOf(TimeoutError);
  });

  it("is a refused connection when the server is down", async () => {
    const server = await fake({});
    const model = createOllama({ model: "llama3.2", baseUrl: server.url });
    await server.goDown();
    const error: unknown = await model.generate({ prompt: "Hi" }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: "transient", cause: { code: "ECONNREFUSED" } });
    expect(error).toHaveProperty("message", `The connection was refused (Ollama at ${server.url}).`);
  });

  it("passes: the next call is answered, also after an outage", async () => {
    const server = await fake({ faults: ["reset", "error_mid_stream", { does: "outage", outageMs: 30 }] });
    const model = createOllama({ model: "llama3.2", baseUrl: server.url });
    const ask = (): Promise<string | undefined> =>
      model.generate({ prompt: "Hi" }).then(
        (answer) => answer.text.slice(0, 2),
        (error: unknown) => (error instanceof StepError ? error.kind : undefined),
      );
    expect([await ask(), await ask(), await ask()]).toEqual(["transient", "transient", "transient"]);
    await until(async () => (await ask()) === "# ");
  });
});
