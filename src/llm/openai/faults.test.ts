import { once } from "node:events";
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import type { FailureKind } from "../../core/failure/index.ts";
import { OPENAI_FAULTS, startFakeOpenAI, type OpenAIFaultName } from "../../entries/testing.ts";
import { createOpenAI } from "./index.ts";

/** What each fault of a server becomes. */
const KINDS: Readonly<
  Record<Exclude<OpenAIFaultName, "hang" | "omit_usage" | "finish_without_done" | "unsupported_parameter">, FailureKind>
> = {
  insufficient_quota: "quota",
  no_credit: "quota",
  low_balance: "quota",
  key_limit: "quota",
  invalid_key: "auth",
  invalid_key_of_gemini: "auth",
  forbidden: "auth",
  firewall_page: "input",
  login_page: "missing_model",
  moved: "missing_model",
  model_not_found: "missing_model",
  context_length_exceeded: "input_too_long",
  context_of_vllm: "input_too_long",
  context_of_llama_cpp: "input_too_long",
  context_of_anthropic: "input_too_long",
  context_of_lm_studio: "input_too_long",
  request_too_large: "input_too_long",
  rate_limit: "rate_limit",
  rate_limit_tokens: "rate_limit",
  rate_limit_of_gemini: "rate_limit",
  rate_limit_of_the_day: "quota",
  rate_limit_mid_stream: "rate_limit",
  flagged: "input",
  bad_request: "input",
  server_error: "transient",
  overloaded: "rate_limit",
  overloaded_without_wait: "rate_limit",
  overloaded_of_anthropic: "rate_limit",
  flex_capacity: "rate_limit",
  loading_model: "rate_limit",
  bad_gateway: "transient",
  reset: "transient",
  reset_mid_stream: "transient",
  error_mid_stream: "transient",
  end_early: "transient",
  done_without_finish: "transient",
  garble_mid_stream: "transient",
  unknown_finish_reason: "transient",
  empty_reasons: "transient",
  ping_for_ever: "transient",
  cut_at_length: "answer",
  content_filter: "input",
  say_nothing: "answer",
  think_only: "answer",
  refuse: "answer",
  choose_nothing: "transient",
};

async function failureOf(fault: OpenAIFaultName) {
  await using fake = await startFakeOpenAI({ faults: [fault] });
  // What never ends is given up after a while; no other answer is waited for less than usual.
  const timeouts = fault === "ping_for_ever" ? { idleMs: 200 } : {};
  const model = createOpenAI({ model: "m", baseUrl: fake.url, timeouts });
  return await model.generate({ prompt: "What is kelp?" }).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("a fault of an OpenAI-compatible server", () => {
  it.each(Object.entries(KINDS))("%s is a failure of kind %s, with what was sent", async (fault, kind) => {
    const name = Object.keys(OPENAI_FAULTS).find((known): known is OpenAIFaultName => known === fault);
    const error = await failureOf(name ?? "hang");
    expect(error).toMatchObject({ name: "StepError", kind, request: expect.stringContaining("What is kelp?") });
  });

  it.each<readonly [OpenAIFaultName, number | undefined]>([
    ["rate_limit", 1000],
    ["rate_limit_tokens", 1250],
    ["overloaded", 2000],
    ["overloaded_without_wait", undefined],
    ["rate_limit_of_gemini", 2000],
    ["insufficient_quota", undefined],
  ])("%s asks to wait %s ms", async (fault, waitMs) => {
    expect(await failureOf(fault)).toMatchObject({ retryAfterMs: waitMs });
  });

  it("keeps what had come of an answer that broke off", async () => {
    expect(await failureOf("error_mid_stream")).toMatchObject({
      message: "The server could not answer: Provider disconnected.",
      rawAnswer: expect.stringContaining('"content":"'),
    });
  });

  it("says that a page came in place of an answer, also where the page does not say that it is one", async () => {
    const page = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body></body></html>";
    await using fake = await startFakeOpenAI({ faults: [{ does: "respond", status: 200, body: page }] });
    const asked = createOpenAI({ model: "m", baseUrl: fake.url }).generate({ prompt: "What is kelp?" });
    await expect(asked).rejects.toMatchObject({
      kind: "missing_model",
      message: expect.stringContaining("(HTTP 200: Sign in)"),
      rawAnswer: page,
    });
  });

  it("is told from an answer that somebody compressed on the way, and from one that broke there", async () => {
    const answer = gzipSync(
      'data: {"choices":[{"index":0,"delta":{"content":"Kelp."},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
    );
    const server = createServer((_req, res) => {
      res.writeHead(200, { "content-type": "text/event-stream", "content-encoding": "gzip" });
      res.end(served < 1 ? answer : answer.subarray(0, 30));
      served += 1;
    }).listen(0, "127.0.0.1");
    let served = 0;
    onTestFinished(() => server.close().closeAllConnections());
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const model = createOpenAI({ model: "m", baseUrl: `http://127.0.0.1:${port}/v1` });
    expect((await model.generate({ prompt: "What is kelp?" })).text).toBe("Kelp.");
    await expect(model.generate({ prompt: "What is kelp?" })).rejects.toMatchObject({
      kind: "transient",
      message: expect.stringContaining("The response could not be decoded"),
    });
  });

  it("never shows our key, in an error inside an answer either", async () => {
    const key = "sk-secret-abcdefgh12345678";
    const error = { message: `Bad key ${key}, or sk-secre***5678`, code: 502 };
    await using fake = await startFakeOpenAI({ faults: [{ does: "error_mid_stream", error }] });
    const asked = createOpenAI({ model: "m", baseUrl: fake.url, apiKey: key }).generate({ prompt: "What is kelp?" });
    const failure: unknown = await asked.catch((reason: unknown) => reason);
    expect(failure).toMatchObject({ kind: "transient", message: "The server could not answer: Bad key ***, or ***." });
    expect(JSON.stringify(failure)).not.toMatch(/sk-secret|sk-secre|5678/);
  });

  it("says in one sentence what happened, with the server's words", async () => {
    expect(await failureOf("insufficient_quota")).toMatchObject({
      message:
        "The account has no credit left (HTTP 429: You exceeded your current quota, please check your plan and billing details). Resume when it has credit, or choose a model that runs on this machine.",
    });
  });
});
