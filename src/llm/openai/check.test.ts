import { describe, expect, it } from "vitest";
import {
  OPENAI_FAULTS,
  startFakeOpenAI,
  type FakeOpenAIOptions,
  type OpenAIFault,
  type OpenAIFaultName,
} from "../../entries/testing.ts";
import { createOpenAI } from "./index.ts";

describe("the check of an OpenAI-compatible model", () => {
  it("tells the context that the server tells, and makes no call that costs anything", async () => {
    await using fake = await startFakeOpenAI({ models: [{ id: "m", contextTokens: 32_768 }] });
    const model = createOpenAI({ model: "m", baseUrl: fake.url });
    expect(await model.check()).toEqual({ contextTokens: 32_768, notes: ["m: 32,768 tokens of context"] });
    expect([fake.lookUps, fake.calls.length]).toEqual([1, 0]);
  });

  it("uses less of the context where that is wanted", async () => {
    await using fake = await startFakeOpenAI({ models: [{ id: "m", contextTokens: 32_768 }] });
    const info = await createOpenAI({ model: "m", baseUrl: fake.url, contextTokens: 8192 }).check();
    expect(info).toEqual({ contextTokens: 8192, notes: ["m: 32,768 tokens of context, 8,192 used"] });
  });

  it("says that the context is unknown where the server does not tell", async () => {
    await using fake = await startFakeOpenAI();
    expect(await createOpenAI({ model: "m", baseUrl: fake.url }).check()).toEqual({
      notes: ["m: context length unknown (the server does not report it; set it yourself)"],
    });
  });

  it("asks whether a near name was meant when the model is not there", async () => {
    await using fake = await startFakeOpenAI({ models: [{ id: "gpt-x-mini" }, { id: "gpt-x" }] });
    await expect(createOpenAI({ model: "gpt-x-mimi", baseUrl: fake.url }).check()).rejects.toMatchObject({
      code: "model_unusable",
      message: expect.stringContaining('Did you mean "gpt-x-mini"'),
      hint: "Available: gpt-x-mini, gpt-x.",
    });
  });

  it("names the variable that holds the key when the key is refused", async () => {
    await using fake = await startFakeOpenAI({ apiKey: "sk-right" });
    await expect(createOpenAI({ model: "m", baseUrl: fake.url }).check()).rejects.toMatchObject({
      code: "model_unusable",
      hint: expect.stringContaining("OPENAI_API_KEY"),
    });
  });

  it("lets a fault pass that a run can get over", async () => {
    await using fake = await startFakeOpenAI({ modelsFault: OPENAI_FAULTS.overloaded });
    expect((await createOpenAI({ model: "m", baseUrl: fake.url }).check()).notes).toEqual([
      expect.stringContaining("could not be looked up in advance, which may be temporary"),
    ]);
  });

  it("refuses when nobody listens", async () => {
    await expect(createOpenAI({ model: "m", baseUrl: "http://127.0.0.1:9/v1" }).check()).rejects.toMatchObject({
      code: "model_unusable",
      hint: { kind: "start_openai_server" },
    });
  });

  it.each<readonly [string, OpenAIFault]>([
    ["says that there is no such path", { does: "respond", status: 404, body: "404 page not found" }],
    ["answers with a page", OPENAI_FAULTS.login_page],
    ["sends us elsewhere", OPENAI_FAULTS.moved],
    ["answers something else", { does: "respond", status: 200, body: { hello: "world" } }],
  ])("refuses an address where the server %s, to the list and to a call", async (_, fault) => {
    await using fake = await startFakeOpenAI({ modelsFault: fault, faults: () => fault });
    await expect(createOpenAI({ model: "m", baseUrl: fake.url }).check()).rejects.toMatchObject({
      code: "model_unusable",
      message: expect.stringContaining(`Cannot use a model at ${fake.url}.`),
      hint: { kind: "start_openai_server" },
    });
    expect(fake.calls).toHaveLength(1);
  });
});

/** Lists that say nothing, or something else, of a model that answers. `note` is what is said of it. */
const DOUBTS: readonly (readonly [string, FakeOpenAIOptions, string, note: string])[] = [
  ["a 404 in place of a list (Perplexity, gateways)", { modelsFault: respond(404, "Not Found") }, "m", "does not list"],
  [
    "a list for administrators only (LiteLLM)",
    { modelsFault: respond(403, "not allowed to call this route") },
    "m",
    "does not list",
  ],
  ["a 401 for the list alone", { modelsFault: respond(401, "not allowed to call this route") }, "m", "does not list"],
  ["a page in place of a list", { modelsFault: OPENAI_FAULTS.login_page }, "m", "does not list"],
  [
    "an answer that is no list",
    { modelsFault: { does: "respond", status: 200, body: { ok: true } } },
    "m",
    "does not list",
  ],
  ["an empty list", { models: [{ id: "m", listedAs: "" }] }, "m", 'has no "m"'],
  [
    "no list at all",
    { modelsFault: { does: "respond", status: 200, body: { object: "list", data: null } } },
    "m",
    'has no "m"',
  ],
  [
    "a list of base models, and deployments of other names (Azure)",
    { models: [{ id: "gpt-4o-2024-08-06" }, { id: "notes-prod", listedAs: "" }] },
    "notes-prod",
    'has no "notes-prod"',
  ],
  [
    "the file's path, and an answer to any name (llama.cpp without an alias)",
    { models: [{ id: "/models/qwen3-4b.gguf", meta: { n_ctx: 8192, n_ctx_train: 40_960 }, answersToAnyName: true }] },
    "m",
    'has no "m"',
  ],
];

function respond(status: number, message: string): OpenAIFault {
  return { does: "respond", status, body: { error: { message } } };
}

describe("a list of models that leaves a doubt", () => {
  it.each(DOUBTS)("is a warning and no gate: %s", async (_, options, model, note) => {
    await using fake = await startFakeOpenAI(options);
    const { notes } = await createOpenAI({ model, baseUrl: fake.url, apiKey: "sk-of-a-test-1234" }).check();
    expect(notes[1]).toContain(note);
    expect(notes[1]).toContain(`It answers to "${model}" all the same.`);
    expect(fake.calls.map(({ body }) => [body.model, body.max_tokens])).toEqual([[model, 1]]);
  });

  it.each(DOUBTS)("costs nothing in a dry run: %s", async (_, options, model, note) => {
    await using fake = await startFakeOpenAI(options);
    const looking = createOpenAI({ model, baseUrl: fake.url }).inspect?.();
    if (_.startsWith("a 401")) await expect(looking).rejects.toMatchObject({ code: "model_unusable" });
    else expect((await looking)?.notes[1]).toContain(note);
    expect(fake.calls).toEqual([]);
  });

  it("is none where the name is another form of one that is listed", async () => {
    const names: readonly (readonly [listed: string, asked: string])[] = [
      ["models/gemini-2.5-flash", "gemini-2.5-flash"],
      ["gemini-2.5-flash", "models/gemini-2.5-flash"],
      ["openai/gpt-4o-mini", "openai/gpt-4o-mini:nitro"],
      ["openai/gpt-4o-mini", "openai/gpt-4o-mini@preset/notes"],
      ["/models/qwen3-4b.gguf", "qwen3-4b"],
    ];
    for (const [listed, asked] of names) {
      await using fake = await startFakeOpenAI({ models: [{ id: listed, contextTokens: 4096 }] });
      expect(await createOpenAI({ model: asked, baseUrl: fake.url }).check()).toEqual({
        contextTokens: 4096,
        notes: [`${asked}: 4,096 tokens of context`],
      });
      expect(fake.calls).toEqual([]);
    }
  });

  it.each<readonly [OpenAIFaultName, message: string]>([
    ["invalid_key", "refuses our key"],
    ["invalid_key_of_gemini", "refuses our key"],
    ["firewall_page", "A firewall in front of the server"],
    ["insufficient_quota", "no credit left"],
    ["low_balance", "no credit left"],
    ["model_not_found", 'There is no model "m"'],
  ])("stops when the one call says %s", async (fault, message) => {
    await using fake = await startFakeOpenAI({ models: [{ id: "other" }], faults: [fault] });
    await expect(createOpenAI({ model: "m", baseUrl: fake.url }).check()).rejects.toMatchObject({
      code: "model_unusable",
      message: expect.stringContaining(message),
    });
  });

  it.each<OpenAIFaultName>(["overloaded_without_wait", "loading_model", "rate_limit", "server_error", "reset"])(
    "stays a doubt when the one call meets %s",
    async (fault) => {
      await using fake = await startFakeOpenAI({ models: [{ id: "my-model" }], faults: [fault] });
      const { notes } = await createOpenAI({ model: "my-modle", baseUrl: fake.url }).check();
      expect(notes[1]).toMatch(/has no "my-modle"\. Did you mean "my-model"\? It could not be tried in advance\. /);
    },
  );

  it.each<OpenAIFaultName>(["unsupported_parameter", "content_filter", "context_of_anthropic", "bad_request"])(
    "is settled by a refusal that only a model that is there can give: %s",
    async (fault) => {
      await using fake = await startFakeOpenAI({
        models: [{ id: "other" }, { id: "m", listedAs: "" }],
        faults: [fault],
      });
      const { notes } = await createOpenAI({ model: "m", baseUrl: fake.url }).check();
      expect(notes[1]).toContain('It answers to "m" all the same.');
    },
  );

  it("is looked up again when the connection breaks once", async () => {
    await using fake = await startFakeOpenAI({
      modelsFault: (lookUp) => (lookUp === 1 ? OPENAI_FAULTS.reset : undefined),
    });
    expect((await createOpenAI({ model: "m", baseUrl: fake.url }).check()).notes).toHaveLength(1);
    expect(fake.lookUps).toBe(2);
  });
});

describe("the context that a server tells", () => {
  const list = (entry: object): FakeOpenAIOptions => ({
    modelsFault: { does: "respond", status: 200, body: { object: "list", data: [{ id: "m", ...entry }] } },
  });

  it.each<readonly [string, FakeOpenAIOptions, contextTokens: number | undefined, note: string]>([
    ["vLLM, SGLang", list({ max_model_len: 32_768 }), 32_768, "32,768 tokens of context"],
    ["OpenRouter, Together", list({ context_length: 128_000 }), 128_000, "128,000 tokens of context"],
    ["Mistral", list({ max_context_length: 131_072 }), 131_072, "131,072 tokens of context"],
    ["Groq", list({ context_window: 8192 }), 8192, "8,192 tokens of context"],
    [
      "Together, whose list is bare",
      { modelsFault: { does: "respond", status: 200, body: [{ id: "m", context_length: 32_768 }] } },
      32_768,
      "32,768 tokens of context",
    ],
    [
      "llama.cpp",
      list({ owned_by: "llamacpp", meta: { n_ctx: 8192, n_ctx_train: 131_072 } }),
      8192,
      "131,072 tokens of context, 8,192 used",
    ],
    [
      "llama.cpp of old, at /props",
      { ...list({ owned_by: "llamacpp" }), pages: { "/props": { default_generation_settings: { n_ctx: 4096 } } } },
      4096,
      "4,096 tokens of context",
    ],
    [
      "LM Studio, at /api/v0/models",
      {
        ...list({ owned_by: "organization_owner" }),
        pages: {
          "/api/v0/models": {
            data: [{ id: "m", state: "loaded", max_context_length: 131_072, loaded_context_length: 4096 }],
          },
        },
      },
      4096,
      "131,072 tokens of context, 4,096 used",
    ],
    [
      "llama.cpp's router, before a model is loaded",
      { ...list({ owned_by: "llamacpp" }), pages: { "/props": { default_generation_settings: { n_ctx: 0 } } } },
      undefined,
      "context length unknown",
    ],
    ["OpenAI, which does not", list({ owned_by: "system" }), undefined, "context length unknown"],
  ])("%s", async (_, options, contextTokens, note) => {
    await using fake = await startFakeOpenAI(options);
    const info = await createOpenAI({ model: "m", baseUrl: fake.url }).check();
    expect(info.contextTokens).toBe(contextTokens);
    expect(info.notes[0]).toContain(note);
    expect(fake.calls).toEqual([]);
  });

  it("is that of llama.cpp's one model, whatever name was asked for", async () => {
    const models = [{ id: "/models/q.gguf", meta: { n_ctx: 8192, n_ctx_train: 40_960 }, answersToAnyName: true }];
    await using fake = await startFakeOpenAI({ models });
    expect((await createOpenAI({ model: "m", baseUrl: fake.url }).check()).contextTokens).toBe(8192);
  });
});
