import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classifyFailure } from "../../src/core/failure/index.ts";
import { createAiSdk, createOpenAI, type Model } from "../../src/entries/llm.ts";
import { startFakeOpenAI, type FakeOpenAI, type OpenAIFaultName } from "../../src/entries/testing.ts";
import { writeClaudeExport } from "../cli/claude-export.ts";
import { holdfast, newProject } from "../cli/holdfast.ts";
import { startLiteLlm, type LiteLlmProxy, type ProxiedModel } from "./litellm-proxy.ts";
import { join } from "node:path";

const KEY = "sk-master-of-the-proxy";

/** What a fault of the server behind the proxy is when the proxy has told it. */
const THROUGH: Readonly<Partial<Record<OpenAIFaultName, string>>> = {
  invalid_key: "auth",
  insufficient_quota: "quota",
  no_credit: "quota",
  low_balance: "quota",
  rate_limit: "rate_limit",
  context_length_exceeded: "input_too_long",
  context_of_vllm: "input_too_long",
  context_of_anthropic: "input_too_long",
  flagged: "input",
  bad_request: "input",
  overloaded: "rate_limit",
  overloaded_without_wait: "rate_limit",
  loading_model: "rate_limit",
  server_error: "transient",
  bad_gateway: "transient",
  model_not_found: "missing_model",
  reset: "transient",
  reset_mid_stream: "transient",
  error_mid_stream: "transient",
  cut_at_length: "answer",
  content_filter: "input",
  say_nothing: "answer",
  // The proxy ends with "stop" what its server broke off, or ended with a word that it does not know: nobody can tell.
  end_early: "answered",
  done_without_finish: "answered",
  unknown_finish_reason: "answered",
  empty_reasons: "answered",
};

/** The proxy's own. */
const OWN: Readonly<Record<string, readonly [kind: string, params: ProxiedModel["params"]]>> = {
  dead: ["transient", { model: "openai/m", api_base: "http://127.0.0.1:1/v1", api_key: "x" }],
  mock: ["answered", { model: "openai/gpt-4o-mini", mock_response: "Kelp grips rock.", api_key: "x" }],
  "mock-rate": ["rate_limit", { model: "openai/gpt-4o-mini", mock_response: "litellm.RateLimitError", api_key: "x" }],
  "mock-context": [
    "input_too_long",
    { model: "openai/gpt-4o-mini", mock_response: "litellm.ContextWindowExceededError", api_key: "x" },
  ],
  "mock-internal": [
    "transient",
    { model: "openai/gpt-4o-mini", mock_response: "litellm.InternalServerError", api_key: "x" },
  ],
};

describe("LiteLLM's proxy", { tags: "soak" }, () => {
  const servers = new AsyncDisposableStack();
  let good: FakeOpenAI;
  let proxy: LiteLlmProxy;
  beforeAll(async () => {
    good = servers.use(await startFakeOpenAI());
    const models: ProxiedModel[] = [{ name: "good", params: { model: "openai/m", api_base: good.url, api_key: "x" } }];
    for (const name of Object.keys(THROUGH)) {
      const fake = servers.use(await startFakeOpenAI({ faults: () => name as OpenAIFaultName }));
      models.push({ name, params: { model: "openai/m", api_base: fake.url, api_key: "x" } });
    }
    for (const [name, [, params]] of Object.entries(OWN)) models.push({ name, params });
    proxy = servers.use(await startLiteLlm(models, KEY));
  });
  afterAll(() => servers.disposeAsync());

  const byOpenAI = (model: string, apiKey = KEY): Model => createOpenAI({ model, baseUrl: proxy.url, apiKey });
  const bySdk = (model: string): Model =>
    createAiSdk(
      createOpenAICompatible({ name: "litellm", baseURL: proxy.url, apiKey: KEY, includeUsage: true })(model),
    );
  const outcomeOf = (model: Model): Promise<string> =>
    model.generate({ prompt: "What is kelp?", maxOutputTokens: 100 }).then(() => "answered", classifyFailure);

  const rows = [
    ...Object.entries(THROUGH).map(([name, kind]) => [name, kind] as const),
    ...Object.entries(OWN).map(([name, [kind]]) => [name, kind] as const),
  ];
  it.each(rows)("tells %s, which is %s to both adapters", async (name, kind) => {
    expect([await outcomeOf(byOpenAI(name)), await outcomeOf(bySdk(name))]).toEqual([kind, kind]);
  });

  it.each([
    ["a wrong key", "good", "sk-of-somebody-else", "auth"],
    ["a model that it does not have", "nothing", KEY, "missing_model"],
  ])("refuses %s", async (_, model, key, kind) => {
    expect(await outcomeOf(byOpenAI(model, key))).toBe(kind);
  });

  it("says what a call has cost, and how many tokens", async () => {
    const { usage } = await byOpenAI("mock").generate({ prompt: "What is kelp?" });
    expect(usage.cost).toBeGreaterThan(0);
    const { usage: bySame } = await bySdk("mock").generate({ prompt: "What is kelp?" });
    expect([bySame.inputTokens, bySame.outputTokens]).toEqual([usage.inputTokens, usage.outputTokens]);
  });

  it("passes an import of 100 chats through, call by call", async () => {
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 100);
    const before = good.calls.length;
    const args = ["import", chats, "--out", "notes", "--llm", "openai:good", "--openai-url", proxy.url];
    const ran = await holdfast([...args, "--concurrency", "8"], { cwd, env: { OPENAI_API_KEY: KEY } });
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("100 items: 100 completed") });
    expect(good.calls.length - before).toBe(100);
  });
});
