import { describe, expect, it } from "vitest";
import { HoldfastError, StepError } from "../../core/failure/index.ts";
import {
  OPENAI_FAULTS,
  startFakeOpenAI,
  type FakeOpenAIOptions,
  type OpenAIFault,
} from "../../testing/fake-openai/index.ts";
import { createOpenAIEmbedding, type OpenAIEmbeddingOptions } from "./openai-embedding.ts";

const failureOf = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "no failure",
    (error: unknown) => error,
  );

async function embedding(server: FakeOpenAIOptions = {}, options: Partial<OpenAIEmbeddingOptions> = {}) {
  const fake = await startFakeOpenAI(server);
  return { fake, model: createOpenAIEmbedding({ model: "m", baseUrl: fake.url, ...options }) };
}

const says = (body: unknown, status = 200): OpenAIFault => ({ does: "respond", status, body: body as never });
const list = (...data: readonly unknown[]) => says({ object: "list", data });

describe("vectors of an OpenAI-compatible server", () => {
  it("come in the order of the texts, with what they have used", async () => {
    const { fake, model } = await embedding({ vector: (text) => [text.length, 1] });
    await using _ = fake;
    const answer = await model.embed({ values: ["kelp", "a", "a longer text"] });
    expect(answer).toEqual({
      embeddings: [
        [4, 1],
        [1, 1],
        [13, 1],
      ],
      usage: { inputTokens: 6 },
    });
    expect(fake.embeddingCalls.map(({ body }) => body)).toEqual([
      { model: "m", input: ["kelp", "a", "a longer text"] },
    ]);
    expect(fake.books).toMatchObject({ calls: 1, inputTokens: 6 });
  });

  it("may be of fewer dimensions, and come as base64", async () => {
    const providerOptions = { encoding_format: "base64" };
    const { fake, model } = await embedding(
      { vector: (_, dimensions) => Array.from({ length: dimensions }, () => 0.5) },
      { dimensions: 3, providerOptions },
    );
    await using _ = fake;
    expect((await model.embed({ values: ["kelp"] })).embeddings).toEqual([[0.5, 0.5, 0.5]]);
    expect(fake.embeddingCalls[0]?.body).toMatchObject({ dimensions: 3, encoding_format: "base64" });
    expect(model.fingerprint).toContain('dimensions=3 options={"encoding_format":"base64"}');
  });

  it.each<[what: string, data: OpenAIFault, vectors: unknown]>([
    ["without numbers, in their order", list({ embedding: [2] }, { embedding: [1] }), [[2], [1]]],
    [
      "with the same number twice, in their order",
      list({ index: 0, embedding: [2] }, { index: 0, embedding: [1] }),
      [[2], [1]],
    ],
    [
      "with numbers that are too large, in their order",
      list({ index: 7, embedding: [2] }, { index: 1, embedding: [1] }),
      [[2], [1]],
    ],
    ["with base64 that is none", list({ embedding: "!" }, { embedding: "AAAAPw==" }), [[], [0.5]]],
    ["that are no vectors, as they are", list({ embedding: null }, {}), [null, undefined]],
  ])("are taken %s", async (_what, fault, vectors) => {
    const { fake, model } = await embedding({ embeddingFaults: [fault] });
    await using _ = fake;
    expect((await model.embed({ values: ["a", "b"] })).embeddings).toEqual(vectors);
  });

  it.each<[what: string, fault: OpenAIFault, kind: string, message: RegExp]>([
    ["a rate limit", OPENAI_FAULTS.rate_limit, "rate_limit", /Rate limit reached for requests/],
    ["no money", OPENAI_FAULTS.insufficient_quota, "quota", /exceeded your current quota/],
    ["a wrong key", OPENAI_FAULTS.invalid_key, "auth", /Incorrect API key/],
    ["an unknown model", OPENAI_FAULTS.model_not_found, "missing_model", /does not exist/],
    ["a server error", OPENAI_FAULTS.server_error, "transient", /had an error/],
    ["a broken connection", OPENAI_FAULTS.reset, "transient", /connection broke/i],
    [
      "an answer that breaks off",
      OPENAI_FAULTS.reset_mid_stream,
      "transient",
      /connection broke|could not be|was not/i,
    ],
    ["a page", OPENAI_FAULTS.login_page, "missing_model", /Sign in to the corporate proxy/],
    ["no JSON", says("kelp"), "transient", /no list of embeddings/],
    [
      "an error that is called an answer",
      says({ error: { message: "Rate limit exceeded", code: 429 } }),
      "rate_limit",
      /Rate limit exceeded/,
    ],
    // gpt-researcher#1524, semantic-router#297
    [
      "too many tokens at once",
      says(
        {
          error: {
            message: "Requested 416735 tokens, max 300000 tokens per request",
            type: "max_tokens_per_request",
            param: null,
            code: "max_tokens_per_request",
          },
        },
        400,
      ),
      "input_too_long",
      /max 300000 tokens/,
    ],
    [
      "too many tokens at once, in Mistral's words",
      says(
        {
          object: "error",
          message: "Too many tokens in batch. Max is 16384 got 17555",
          type: "invalid_request_error",
          param: null,
          code: null,
        },
        400,
      ),
      "input_too_long",
      /Max is 16384/,
    ],
  ])("%s becomes a failure of its kind", async (_what, fault, kind, message) => {
    const { fake, model } = await embedding({ embeddingFaults: [fault] });
    await using _ = fake;
    const failure = await failureOf(model.embed({ values: ["kelp"] }));
    expect(failure).toBeInstanceOf(StepError);
    expect(failure).toMatchObject({ kind, message: expect.stringMatching(message) });
  });

  it.each<[what: string, faults: readonly OpenAIFault[], kind: string]>([
    ["is the texts' when another one gets through", [OPENAI_FAULTS.firewall_page], "input"],
    [
      "is the key's when none gets through",
      [OPENAI_FAULTS.firewall_page, OPENAI_FAULTS.firewall_page],
      "missing_model",
    ],
  ])("a refusal without a word about the key %s", async (_what, embeddingFaults, kind) => {
    const { fake, model } = await embedding({ embeddingFaults });
    await using _ = fake;
    expect(await failureOf(model.embed({ values: ["rm -rf"] }))).toMatchObject({ kind });
  });

  it("are refused for a text that does not fit", async () => {
    const { fake, model } = await embedding({ models: [{ id: "m", contextTokens: 4 }] });
    await using _ = fake;
    expect(await failureOf(model.embed({ values: ["kelp", "kelp ".repeat(9)] }))).toMatchObject({
      kind: "input_too_long",
    });
  });

  it("are not waited for after an abort", async () => {
    const { fake, model } = await embedding({ embeddingFaults: [OPENAI_FAULTS.hang] });
    await using _ = fake;
    const reason = new Error("enough");
    expect(await failureOf(model.embed({ values: ["kelp"], signal: AbortSignal.abort(reason) }))).toBe(reason);
  });

  it("come with the limits that the server tells, and so do refusals", async () => {
    const headers = { "x-ratelimit-limit-requests": "60" };
    const { fake, model } = await embedding({ headers, embeddingFaults: [undefined, OPENAI_FAULTS.server_error] });
    await using _ = fake;
    const limits = { limits: [{ of: "requests", limit: 60 }] };
    expect(await model.embed({ values: ["kelp"] })).toMatchObject({ limits });
    expect(await failureOf(model.embed({ values: ["kelp"] }))).toMatchObject({ limits });
  });
});

describe("the check of an embedding model", () => {
  it("says how long its vectors are", async () => {
    const { fake, model } = await embedding({}, { dimensions: 5 });
    await using _ = fake;
    expect(await model.check()).toEqual({ notes: ["m: vectors of 5 dimensions"] });
  });

  it.each<[what: string, fault: OpenAIFault, message: RegExp]>([
    ["model", OPENAI_FAULTS.model_not_found, /The embedding model "m" cannot be used .* does not exist/],
    ["key", OPENAI_FAULTS.invalid_key, /Incorrect API key/],
    ["server", OPENAI_FAULTS.reset, /connection broke/i],
  ])("refuses one without a %s that works", async (_what, fault, message) => {
    const { fake, model } = await embedding({ embeddingFaults: [fault, fault] });
    await using _ = fake;
    const refusal = await failureOf(model.check());
    expect(refusal).toBeInstanceOf(HoldfastError);
    expect(refusal).toMatchObject({ code: "model_unusable", message: expect.stringMatching(message) });
  });

  it("lets a fault pass that may pass", async () => {
    const { fake, model } = await embedding({ embeddingFaults: [OPENAI_FAULTS.overloaded] });
    await using _ = fake;
    expect((await model.check()).notes[0]).toMatch(/could not be tried in advance, which may be temporary/);
  });
});

describe("the options of an embedding model", () => {
  it.each<[Partial<OpenAIEmbeddingOptions>, RegExp]>([
    [{ model: " " }, /name of a model/],
    [{ dimensions: 0 }, /`dimensions`/],
    [{ mostValues: 1.5 }, /`mostValues`/],
    [{ mostTokens: -1 }, /`mostTokens`/],
    [{ timeouts: { idleMs: 0 } }, /`timeouts.idleMs`/],
  ])("%j are refused", (options, message) => {
    expect(() => createOpenAIEmbedding({ model: "m", ...options })).toThrow(message);
  });
});
