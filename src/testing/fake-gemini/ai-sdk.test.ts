import { createGoogle } from "@ai-sdk/google";
import {
  embed,
  embedMany,
  experimental_cancelBatch as cancelBatch,
  experimental_getBatchResults as getBatchResults,
  experimental_getBatchStatus as getBatchStatus,
  experimental_listBatches as listBatches,
  experimental_startBatch as startBatch,
  generateText,
  jsonSchema,
  Output,
  streamText,
  tool,
} from "ai";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { GEMINI_FAULTS, startFakeGemini, type FakeGemini, type FakeGeminiOptions } from "./index.ts";

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const ID = "gemini-2.5-flash";
const PLAIN = [{ id: ID, thinks: false }];

const providerOf = ({ url }: FakeGemini): ReturnType<typeof createGoogle> =>
  createGoogle({ baseURL: url, apiKey: "k" });

/** The parts of the books that are not 0. */
const booksOf = ({ books }: FakeGemini): object =>
  Object.fromEntries(Object.entries(books).filter(([, count]) => count !== 0));

describe("the AI SDK at a fake of Gemini's API", () => {
  test.each<[string, FakeGeminiOptions]>([
    ["with whole chunks", {}],
    ["with bytes that are cut anywhere", { bytesPerWrite: 23 }],
    ["with a token a chunk", { tokensPerEvent: 1 }],
  ])("streams and answers the same, %s", async (_how, options) => {
    await using server = await startFakeGemini({
      models: PLAIN,
      answer: () => "Kelp is a large brown seaweed. 🌿",
      ...options,
    });
    const model = providerOf(server)(ID);
    const whole = await generateText({ model, prompt: "What is kelp?", instructions: "Be short." });
    const streamed = streamText({ model, prompt: "What is kelp?", instructions: "Be short." });
    expect([await streamed.text, await streamed.finishReason]).toEqual([whole.text, "stop"]);
    expect((await streamed.usage).outputTokens).toBe(whole.usage.outputTokens);
    expect(whole.usage).toMatchObject({ inputTokens: 6, outputTokens: 8 });
    expect(booksOf(server)).toEqual({ calls: 2, inputTokens: 12, outputTokens: 16 });
  });

  test("thinking counts, is shown when asked for, and left out with a budget of 0", async () => {
    await using server = await startFakeGemini({ answer: () => "Brown." });
    const model = providerOf(server)(ID);
    const ask = (thinkingConfig: { thinkingBudget?: number; includeThoughts?: boolean }) =>
      generateText({ model, prompt: "Kelp?", providerOptions: { google: { thinkingConfig } } });
    const shown = await ask({ includeThoughts: true });
    expect(shown.finalStep.reasoningText).toBe("**What is asked**\n\nThe reader wants: Brown.");
    expect(shown.usage).toMatchObject({ outputTokens: 13, outputTokenDetails: { reasoningTokens: 11, textTokens: 2 } });
    const hidden = await ask({});
    expect([hidden.finalStep.reasoningText, hidden.usage.outputTokens]).toEqual([undefined, 13]);
    expect((await ask({ thinkingBudget: 0 })).usage.outputTokens).toBe(2);
    expect(booksOf(server)).toEqual({ calls: 3, inputTokens: 6, outputTokens: 28, reasoningTokens: 22 });
  });

  test("thinking can take all that maxOutputTokens leaves", async () => {
    await using server = await startFakeGemini({ answer: () => "Brown." });
    const model = providerOf(server)(ID);
    const { text, rawFinishReason, usage } = await generateText({ model, prompt: "Kelp?", maxOutputTokens: 11 });
    expect([text, rawFinishReason, usage.outputTokens]).toEqual(["", "MAX_TOKENS", 11]);
    expect((await generateText({ model, prompt: "Kelp?", maxOutputTokens: 12 })).text).toBe("Brow");
  });

  test("what is asked for in a form comes in it: a schema, or a function that is forced", async () => {
    await using server = await startFakeGemini();
    const model = providerOf(server)(ID);
    const note = z.object({
      title: z.string().max(9),
      tags: z.array(z.enum(["sea", "land"])),
      count: z.number().min(3),
    });
    const { output } = await generateText({ model, prompt: "What is kelp?", output: Output.object({ schema: note }) });
    expect(output).toEqual({ title: "What is k", tags: ["sea"], count: 3 });
    const called = await generateText({
      model,
      prompt: "What is kelp?",
      tools: { look: tool({ inputSchema: jsonSchema({ type: "object", properties: { word: { type: "string" } } }) }) },
      toolChoice: { type: "tool", toolName: "look" },
    });
    expect(called.toolCalls).toMatchObject([{ toolName: "look", input: { word: "What is kelp?" } }]);
  });

  test("images are taken, and counted; the cache is told", async () => {
    await using server = await startFakeGemini({ cachedTokens: 100 });
    const content = [
      { type: "file", data: PNG, mediaType: "image/png" },
      { type: "text", text: "Kelp?" },
    ] as const;
    const model = providerOf(server)(ID);
    const { usage } = await generateText({ model, messages: [{ role: "user", content: [...content] }] });
    expect(usage).toMatchObject({ inputTokens: 260, inputTokenDetails: { cacheReadTokens: 100 } });
    expect(server.books).toMatchObject({ inputTokens: 260, cachedInputTokens: 100 });
  });

  test("a text has its vector, alone or among others", async () => {
    await using server = await startFakeGemini();
    const model = providerOf(server).embeddingModel("gemini-embedding-001");
    const alone = await embed({ model, value: "kelp" });
    const { embeddings } = await embedMany({ model, values: ["moss", "kelp"] });
    expect(embeddings[1]).toEqual(alone.embedding);
    expect(embeddings[0]).not.toEqual(alone.embedding);
    expect(alone.embedding).toHaveLength(3072);
    const short = await embed({ model, value: "kelp", providerOptions: { google: { outputDimensionality: 8 } } });
    expect(short.embedding).toHaveLength(8);
    expect(booksOf(server)).toEqual({ calls: 3, inputTokens: 4 });
  });

  test("a text that is empty has no vector, and no more than 100 come at once", async () => {
    await using server = await startFakeGemini();
    const model = providerOf(server).embeddingModel("gemini-embedding-001");
    await expect(embed({ model, value: "", maxRetries: 0 })).rejects.toThrow("content is empty");
    const body = JSON.stringify({
      requests: Array.from({ length: 101 }, () => ({ content: { parts: [{ text: "kelp" }] } })),
    });
    const path = `${server.url}/models/gemini-embedding-001:batchEmbedContents?key=k`;
    const response = await fetch(path, { method: "POST", body });
    expect(await response.json()).toMatchObject({
      error: { message: "* BatchEmbedContentsRequest.requests: at most 100 requests can be in one batch\n" },
    });
  });
});

describe("a batch of the AI SDK at a fake of Gemini's API", () => {
  const request = (id: string, prompt = `What is ${id}?`) => ({ id, type: "text", model: ID, prompt }) as const;

  test("is worked on between looks, failed requests too", async () => {
    await using server = await startFakeGemini({
      models: PLAIN,
      answer: () => "Brown.",
      batchFaults: { moss: "blocked_prompt", sand: "overloaded", rock: GEMINI_FAULTS.cut_at_length },
    });
    const provider = providerOf(server);
    const batch = await startBatch({ provider, requests: ["kelp", "moss", "sand", "rock"].map((id) => request(id)) });
    expect(batch).toMatchObject({ status: "pending", rawStatus: "BATCH_STATE_PENDING", requestCounts: { pending: 4 } });
    expect(await getBatchStatus({ provider, batch })).toMatchObject({ rawStatus: "BATCH_STATE_RUNNING" });
    expect(await getBatchStatus({ provider, batch })).toMatchObject({
      status: "completed",
      requestCounts: { total: 4, pending: 0, completed: 3, failed: 1 },
    });
    expect(await Array.fromAsync(getBatchResults({ provider, batch }))).toMatchObject([
      { id: "kelp", status: "succeeded", text: "Brown.", usage: { outputTokens: 2 } },
      { id: "moss", status: "failed", error: { code: "prompt_blocked" } },
      { id: "sand", status: "failed", error: { type: "UNAVAILABLE" } },
      { id: "rock", status: "succeeded", rawFinishReason: "MAX_TOKENS" },
    ]);
    expect(server.batchItems.map(({ key }) => key)).toEqual(["kelp", "moss", "sand", "rock"]);
  });

  test("fails as a whole when it is cancelled, with what was done", async () => {
    await using server = await startFakeGemini({ batchLooks: 9 });
    const provider = providerOf(server);
    const batch = await startBatch({ provider, requests: ["kelp", "moss"].map((id) => request(id)) });
    await cancelBatch({ provider, batch });
    expect(await getBatchStatus({ provider, batch })).toMatchObject({
      status: "failed",
      rawStatus: "BATCH_STATE_CANCELLED",
    });
    const results = await Array.fromAsync(getBatchResults({ provider, batch }));
    expect(results.map(({ id, status }) => [id, status])).toEqual([
      ["kelp", "succeeded"],
      ["moss", "cancelled"],
    ]);
  });

  // The AI SDK does so from 20 MB on.
  test("goes by a file, and comes back by one, in any order", async () => {
    await using server = await startFakeGemini({ models: PLAIN, answer: () => "Brown.", batchLooks: 0 });
    const origin = server.url.replace("/v1beta", "");
    const headers = { "x-goog-api-key": "k" };
    const lineOf = (key: string): string =>
      `${JSON.stringify({ key, request: { contents: [{ parts: [{ text: key }] }] } })}\n`;
    const begun = await fetch(`${origin}/upload/v1beta/files`, { method: "POST", headers, body: "{}" });
    const uploadUrl = begun.headers.get("x-goog-upload-url") ?? "";
    const uploaded = await fetch(uploadUrl, { method: "POST", body: lineOf("kelp") + lineOf("moss") });
    const { file } = (await uploaded.json()) as { file: { name: string } };
    const created = await fetch(`${server.url}/models/${ID}:batchGenerateContent`, {
      method: "POST",
      headers,
      body: JSON.stringify({ batch: { displayName: "plants", inputConfig: { fileName: file.name } } }),
    });
    const { name } = (await created.json()) as { name: string };
    const provider = providerOf(server);
    const batch = { version: 2, id: name, provider: "google.batch" } as const;
    expect(await Array.fromAsync(getBatchResults({ provider, batch }))).toMatchObject([
      { id: "moss", status: "succeeded", text: "Brown." },
      { id: "kelp", status: "succeeded", text: "Brown." },
    ]);
  });

  test("is listed page by page, the newest first", async () => {
    await using server = await startFakeGemini();
    const provider = providerOf(server);
    for (const id of ["one", "two", "three"]) await startBatch({ provider, requests: [request(id)] });
    const first = await listBatches({ provider, limit: 2 });
    expect(first.batches.map(({ id }) => id)).toEqual(["batches/fake0003", "batches/fake0002"]);
    const second = await listBatches({ provider, limit: 2, ...(first.nextCursor && { cursor: first.nextCursor }) });
    expect([second.batches.map(({ id }) => id), second.nextCursor]).toEqual([["batches/fake0001"], undefined]);
  });
});

describe("what has no place in the AI SDK", () => {
  test("models are listed page by page, and shown", async () => {
    await using server = await startFakeGemini();
    const get = async (path: string): Promise<unknown> => (await fetch(`${server.url}/${path}key=k`)).json();
    expect(await get("models?pageSize=1&")).toMatchObject({
      models: [{ name: `models/${ID}`, inputTokenLimit: 1_048_576, outputTokenLimit: 65_536 }],
      nextPageToken: "fake-1",
    });
    expect(await get("models?pageSize=1&pageToken=fake-1&")).toEqual({
      models: [expect.objectContaining({ name: "models/gemini-embedding-001" })],
    });
    expect(await get("models/gemini-gone?")).toMatchObject({ error: { code: 404, status: "NOT_FOUND" } });
  });

  test("tokens are counted without a bill", async () => {
    await using server = await startFakeGemini();
    const body = JSON.stringify({ contents: [{ parts: [{ text: "What is kelp?" }] }] });
    const response = await fetch(`${server.url}/models/${ID}:countTokens?key=k`, { method: "POST", body });
    expect(await response.json()).toMatchObject({ totalTokens: 4 });
    expect(booksOf(server)).toEqual({});
  });
});
