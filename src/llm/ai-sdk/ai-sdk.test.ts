import { wrapLanguageModel } from "ai";
import { describe, expect, it } from "vitest";
import { StepError } from "../../core/failure/index.ts";
import type { GenerateRequest } from "../../core/model/index.ts";
import { priceOf } from "../prices/index.ts";
import { startServed, type Reply } from "./fixtures/served.ts";
import { WIRES, type Wire } from "./fixtures/wires.ts";
import { createAiSdk, type AiSdkModel, type AiSdkOptions } from "./index.ts";
import { namesOf } from "./provider-names.ts";

const KEY = "sk-kelp-on-a-rock-0123456789";
const TEXT = "Kelp grips rock.";

function wireOf(name: string): Wire {
  const wire = WIRES[`@ai-sdk/${name}`];
  if (!wire) throw new Error(`There is no wire of ${name}`);
  return wire;
}
const anthropic = wireOf("anthropic");
const whole = (wire: Wire): Reply => ({ events: wire.write({ text: TEXT, ending: wire.endings.whole }) });

/** What a provider is sent for a request. */
async function sent(wire: Wire, request: Partial<GenerateRequest>, options: AiSdkOptions = {}) {
  await using served = await startServed(() => whole(wire));
  await createAiSdk(wire.make(served.url, KEY), options).generate({ prompt: "?", ...request });
  return served.calls[0];
}

/** A model whose stream has these parts. */
const streaming = (parts: readonly object[], more: Partial<AiSdkModel> = {}): AiSdkModel => ({
  specificationVersion: "v4",
  provider: "reef",
  modelId: "m",
  supportedUrls: {},
  doStream: async () => ({
    stream: new ReadableStream({
      start(controller) {
        for (const part of parts) controller.enqueue(part);
        controller.close();
      },
    }),
  }),
  ...more,
});

describe.each(Object.entries(WIRES))("a model of %s", (_, wire) => {
  const headers = { "x-ratelimit-limit-requests": "10", "x-ratelimit-remaining-requests": "3" };
  const limits = { limits: [{ of: "requests", limit: 10, remaining: 3 }] };

  it("tells with its answer what its server tells of its limits", async () => {
    await using served = await startServed(() => ({
      events: wire.write({ text: TEXT, ending: wire.endings.whole }),
      headers,
    }));
    expect((await createAiSdk(wire.make(served.url, KEY)).generate({ prompt: "?" })).limits).toEqual(limits);
  });

  it("tells it with a refusal, and with an answer of no use", async () => {
    await using served = await startServed((number) =>
      number === 1
        ? { status: 429, body: wire.refuse(429, "rate_limit_error", "slow down"), headers }
        : { events: wire.write({ text: TEXT, ending: wire.endings["cut off"] }), headers },
    );
    const model = createAiSdk(wire.make(served.url, KEY));
    await expect(model.generate({ prompt: "?" })).rejects.toMatchObject({ kind: "rate_limit", limits });
    await expect(model.generate({ prompt: "?" })).rejects.toMatchObject({ kind: "answer", limits });
  });
});

describe("the usage that a server tells a package", () => {
  it.each([
    ["in the total only, as Gemini's", { prompt_tokens: 100, completion_tokens: 100, total_tokens: 1200 }],
    [
      "beside the completion, as xAI's",
      {
        prompt_tokens: 100,
        completion_tokens: 100,
        total_tokens: 1200,
        completion_tokens_details: { reasoning_tokens: 1000 },
      },
    ],
  ])("counts thinking that stands %s", async (_, usage) => {
    await using served = await startServed(() => ({
      events: [
        { choices: [{ index: 0, delta: { content: TEXT }, finish_reason: null }] },
        { choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage },
      ],
    }));
    const model = createAiSdk(wireOf("openai-compatible").make(served.url, KEY));
    expect((await model.generate({ prompt: "?" })).usage).toMatchObject({
      inputTokens: 100,
      outputTokens: 1100,
      reasoningTokens: 1000,
    });
  });
});

describe("what a model of the AI SDK is called", () => {
  it.each([
    ["anthropic.messages", "anthropic", "anthropic", "anthropic"],
    ["google.generative-ai", "google", "google", "gemini"],
    ["google.vertex.chat", "google-vertex", "google", undefined],
    ["mistral.chat", "mistral", "mistral", "mistral"],
    ["openai.responses", "openai", "openai", "openai"],
    ["reef.chat", "reef", "reef", undefined],
    ["reef", "reef", "reef", undefined],
  ])("%s is %s", (provider, name, optionsKey, billedAs) => {
    expect(namesOf(provider)).toMatchObject({ name, optionsKey, billedAs });
  });

  it.each([
    ["anthropic.messages", "claude-sonnet-4-5"],
    ["google.generative-ai", "gemini-2.5-flash"],
    ["openai.responses", "gpt-5"],
  ])("finds the list price of %s %s", (provider, modelId) => {
    expect(priceOf(createAiSdk(streaming([], { provider, modelId })))?.price.outputPerMillion).toBeGreaterThan(0);
  });

  it("has a fingerprint of all that changes answers", () => {
    const made = (options: AiSdkOptions): string => createAiSdk(streaming([]), options).fingerprint;
    const all = [{}, { temperature: 0 }, { providerOptions: { effort: "low" } }].map(made);
    expect(new Set(all).size).toBe(3);
    expect(made({ maxOutputTokens: 5 })).toBe(made({}));
  });
});

describe("a request to a model of the AI SDK", () => {
  it("has the provider's own options, by its name or without, and the step's before the model's", async () => {
    const call = await sent(
      anthropic,
      { providerOptions: { anthropic: { metadata: { userId: "step" } } } },
      { providerOptions: { metadata: { userId: "model" }, openai: { user: "nobody" } } },
    );
    expect(call?.body).toMatchObject({ metadata: { user_id: "step" } });
    expect(JSON.stringify(call?.body)).not.toContain("nobody");
  });

  it("has headers and the mark of a repeated call, and the model's key whatever a step sets", async () => {
    const headers = { "X-Api-Key": "another", "X-Reef": "b" };
    const call = await sent(
      anthropic,
      { headers, idempotencyKey: "ключ" },
      { headers: { "x-reef": "a", "x-rock": "c" } },
    );
    expect(call?.headers).toMatchObject({
      "x-api-key": KEY,
      "x-reef": "b",
      "x-rock": "c",
      "idempotency-key": encodeURIComponent("ключ"),
    });
  });

  it("has an image's address where the provider fetches it, and is refused where not", async () => {
    const image = "https://reef.test/kelp.png";
    const messages = [{ role: "user", content: [{ type: "image", image }] }] as const;
    expect(JSON.stringify((await sent(anthropic, { messages }))?.body)).toContain(image);
    await expect(sent(wireOf("mistral"), { messages })).rejects.toMatchObject({
      kind: "input",
      message: "This provider does not fetch images itself. Give the image in bytes.",
    });
  });

  it.each<readonly [string, Partial<GenerateRequest>, string, string]>([
    ["a form", { responseSchema: { type: "object" } }, "tools.0.custom.input_schema: too complex", "input_schema"],
    ["a temperature", { temperature: 0.4 }, "`temperature` is deprecated for this model", "temperature"],
    ["a cap", {}, "max_tokens: 8192 > 4096, which is the maximum allowed number of output tokens", "8192"],
    ["a cap", {}, "The max_output_tokens value must be from 1 (inclusive) to 4097 (exclusive)", "8192"],
  ])("goes without %s that is refused, from then on", async (_, request, message, gone) => {
    await using served = await startServed((number) =>
      number === 1 ? { status: 400, body: anthropic.refuse(400, "invalid_request_error", message) } : whole(anthropic),
    );
    const model = createAiSdk(anthropic.make(served.url, KEY));
    for (let asked = 0; asked < 2; asked += 1) {
      expect(await model.generate({ prompt: "?", ...request })).toMatchObject({ text: TEXT });
    }
    expect(served.calls.map(({ body }) => JSON.stringify(body).includes(gone))).toEqual([true, false, false]);
    if (gone === "8192") expect(served.calls[1]?.body).toMatchObject({ max_tokens: 4096 });
  });

  it("asks for no more than a prompt leaves free, where a refusal says so", async () => {
    const message = "input length and `max_tokens` exceed context limit: 190000 + 8192 > 195000, decrease one of them";
    await using served = await startServed((number) =>
      number === 1
        ? { status: 400, body: anthropic.refuse(400, "invalid_request_error", message) }
        : { events: anthropic.write({ text: TEXT, ending: number === 2 ? "end_turn" : "max_tokens" }) },
    );
    const model = createAiSdk(anthropic.make(served.url, KEY));
    const prompt = "What does kelp do?";
    expect(await model.generate({ prompt })).toMatchObject({ text: TEXT });
    expect(served.calls[1]?.body).toMatchObject({ max_tokens: 5000 });
    // A shorter prompt leaves more, and the same one is not refused once more.
    await expect(model.generate({ prompt: "?" })).rejects.toMatchObject({ cutOffBy: "cap" });
    expect(served.calls[2]?.body).toMatchObject({ max_tokens: 8192 });
    await expect(model.generate({ prompt })).rejects.toMatchObject({ cutOffBy: "context" });
    expect(served.calls[3]?.body).toMatchObject({ max_tokens: 5000 });
  });

  it("is refused for words about a field that it had not", async () => {
    await using served = await startServed(() => ({
      status: 400,
      body: anthropic.refuse(400, "invalid_request_error", "schema: that is not possible"),
    }));
    const asked = createAiSdk(anthropic.make(served.url, KEY)).generate({ prompt: "?" });
    await expect(asked).rejects.toMatchObject({ message: expect.stringContaining("that is not possible") });
    expect(served.calls).toHaveLength(1);
  });
});

describe("an answer of a model of the AI SDK", () => {
  const said = (delta: string) => ({ type: "text-delta", id: "1", delta });
  const finish = (finishReason: unknown, usage: unknown = {}) => ({ type: "finish", finishReason, usage });

  it.each<readonly [string, string, readonly object[], object]>([
    [
      "v2",
      "flat",
      [said(TEXT), finish("stop", { inputTokens: 9, outputTokens: 4, cachedInputTokens: 2 })],
      {
        text: TEXT,
        usage: { inputTokens: 9, outputTokens: 4, cachedInputTokens: 2 },
      },
    ],
    ["v2", "without a known end", [said(TEXT), finish("unknown")], { kind: "transient" }],
    [
      "v3",
      "in parts",
      [
        said(TEXT),
        finish(
          { unified: "stop", raw: "STOP" },
          { inputTokens: { total: 9, cacheWrite: 3 }, outputTokens: { total: 4, reasoning: 1 } },
        ),
      ],
      {
        text: TEXT,
        usage: { inputTokens: 9, cacheWriteTokens: 3, outputTokens: 4, reasoningTokens: 1 },
      },
    ],
    [
      "v4",
      "by a tool that gives a form",
      [said('{"n":1}'), finish({ unified: "stop", raw: "tool_use" })],
      { text: '{"n":1}' },
    ],
    ["v4", "that called a tool", [said("Hm."), finish({ unified: "tool-calls", raw: "tool_use" })], { kind: "answer" }],
    [
      "v4",
      "that is a refusal",
      [said("I will not."), finish({ unified: "content-filter", raw: "stop" })],
      { kind: "answer", message: "The model refused: I will not." },
    ],
    ["v4", "interrupted", [said(TEXT), finish({ unified: "interrupted" })], { kind: "transient" }],
    [
      "v4",
      "of a kind that is in no table",
      [said(TEXT), finish({ unified: "other", raw: "bored" })],
      { kind: "transient", message: expect.stringContaining('"bored"') },
    ],
    [
      "v4",
      "whole by a word that the package does not know",
      [said(TEXT), finish({ unified: "other", raw: "eos_token" })],
      { text: TEXT },
    ],
    ["v4", "empty", [finish({ unified: "stop", raw: "stop" })], { kind: "answer", message: "The answer was empty." }],
  ])("of %s is taken for what it is: %s", async (specificationVersion, _, parts, is) => {
    const model = createAiSdk(streaming(parts, { specificationVersion }));
    expect(await model.generate({ prompt: "?" }).catch((error: unknown) => error)).toMatchObject(is);
  });

  it("that goes on past its cap is cut off by us", async () => {
    const endless: AiSdkModel = {
      ...streaming([]),
      doStream: async () => ({
        stream: new ReadableStream({ pull: (controller) => controller.enqueue(said("kelp grips rock, ")) }),
      }),
    };
    await expect(createAiSdk(endless).generate({ prompt: "?", maxOutputTokens: 50 })).rejects.toMatchObject({
      kind: "answer",
      cutOffBy: "cap",
      message: expect.stringContaining("cut off by us"),
    });
  });

  it("counts what was told before it broke off, with what was put into a cache", async () => {
    const [start, ...rest] = anthropic.write({ text: TEXT, ending: "end_turn" });
    await using served = await startServed(() => ({ events: [start ?? {}, ...rest.slice(0, 2), anthropic.breakOff] }));
    await expect(createAiSdk(anthropic.make(served.url, KEY)).generate({ prompt: "?" })).rejects.toMatchObject({
      usage: { inputTokens: 10, cachedInputTokens: 2, cacheWriteTokens: 1 },
      rawAnswer: expect.stringContaining("message_start"),
    });
  });

  it("comes through a model that another one wraps", async () => {
    await using served = await startServed(() => whole(anthropic));
    const inner = anthropic.make(served.url, KEY) as Parameters<typeof wrapLanguageModel>[0]["model"];
    const model = createAiSdk(wrapLanguageModel({ model: inner, middleware: [] }));
    expect(await model.generate({ prompt: "?" })).toMatchObject({ text: TEXT });
    expect(model.id).toBe("anthropic:model-of-a-test");
  });

  it("ends with what a step throws when it gets a piece", async () => {
    const model = createAiSdk(streaming([said(TEXT), finish({ unified: "stop", raw: "stop" })]));
    const throwing = (error: Error) => (): never => {
      throw error;
    };
    const error = new StepError("cancelled", "enough");
    await expect(model.generate({ prompt: "?", onPart: throwing(error) })).rejects.toBe(error);
    await expect(model.generate({ prompt: "?", onPart: throwing(new Error("enough")) })).rejects.toMatchObject({
      kind: "bug",
      message: expect.stringContaining("enough"),
    });
  });
});

it("cannot be used when there is no server", async () => {
  const served = await startServed(() => "hang");
  const model = createAiSdk(anthropic.make(served.url, KEY));
  await served[Symbol.asyncDispose]();
  await expect(model.check()).rejects.toMatchObject({
    code: "model_unusable",
    message: expect.stringContaining("The connection was refused (anthropic at http://127.0.0.1"),
  });
});
