import { createAnthropic } from "@ai-sdk/anthropic";
import {
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
import { ANTHROPIC_FAULTS, startFakeAnthropic, type FakeAnthropic, type FakeAnthropicOptions } from "./index.ts";

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const ID = "claude-haiku-4-5";

const providerOf = ({ url }: FakeAnthropic): ReturnType<typeof createAnthropic> =>
  createAnthropic({ baseURL: url, apiKey: "k" });

/** The parts of the books that are not 0. */
const booksOf = ({ books }: FakeAnthropic): object =>
  Object.fromEntries(Object.entries(books).filter(([, count]) => count !== 0));

describe("the AI SDK at a fake of Anthropic's API", () => {
  test.each<[string, FakeAnthropicOptions]>([
    ["with whole events", {}],
    ["with bytes that are cut anywhere", { bytesPerWrite: 23 }],
    ["with a token a delta", { tokensPerEvent: 1 }],
  ])("streams and answers the same, %s", async (_how, options) => {
    await using server = await startFakeAnthropic({ answer: () => "Kelp is a large brown seaweed. 🌿", ...options });
    const model = providerOf(server)(ID);
    const whole = await generateText({ model, prompt: "What is kelp?", instructions: "Be short." });
    const streamed = streamText({ model, prompt: "What is kelp?", instructions: "Be short." });
    expect([await streamed.text, await streamed.finishReason]).toEqual([whole.text, "stop"]);
    expect((await streamed.usage).outputTokens).toBe(whole.usage.outputTokens);
    expect(whole.usage).toMatchObject({ inputTokens: 6, outputTokens: 8 });
    expect(booksOf(server)).toEqual({ calls: 2, inputTokens: 12, outputTokens: 16 });
  });

  test("max_tokens and stop sequences are heeded", async () => {
    await using server = await startFakeAnthropic({ answer: () => "Kelp is brown. Moss is green." });
    const model = providerOf(server)(ID);
    const cut = await generateText({ model, prompt: "What is kelp?", maxOutputTokens: 2 });
    expect([cut.text, cut.rawFinishReason, cut.usage.outputTokens]).toEqual(["Kelp is ", "max_tokens", 2]);
    const stopped = await generateText({ model, prompt: "What is kelp?", stopSequences: [" Moss"] });
    expect([stopped.text, stopped.rawFinishReason]).toEqual(["Kelp is brown.", "stop_sequence"]);
  });

  test("an answer that meets the end of the context says so", async () => {
    await using server = await startFakeAnthropic({ models: [{ id: ID, contextTokens: 10 }] });
    const { rawFinishReason, usage } = await generateText({ model: providerOf(server)(ID), prompt: "What is kelp?" });
    expect([rawFinishReason, usage.totalTokens]).toEqual(["model_context_window_exceeded", 10]);
  });

  test("thinking is shown, signed, counted, and part of max_tokens", async () => {
    await using server = await startFakeAnthropic({ answer: () => "Brown." });
    const model = providerOf(server)(ID);
    const providerOptions = { anthropic: { thinking: { type: "enabled", budgetTokens: 1024 } } };
    const { finalStep, text, usage } = await generateText({ model, prompt: "Kelp?", providerOptions });
    expect(finalStep.reasoning).toMatchObject([
      { text: "The reader wants this: Brown.", providerOptions: { anthropic: { signature: expect.any(String) } } },
    ]);
    expect([text, usage.outputTokens, usage.outputTokenDetails.reasoningTokens]).toEqual(["Brown.", 10, 8]);
    const streamed = streamText({ model, prompt: "Kelp?", providerOptions });
    expect([(await streamed.finalStep).reasoningText, await streamed.text]).toEqual([
      "The reader wants this: Brown.",
      "Brown.",
    ]);
    expect(booksOf(server)).toEqual({ calls: 2, inputTokens: 4, outputTokens: 20, reasoningTokens: 16 });
  });

  test("what is asked for in a form comes in it: a schema, or a tool that is forced", async () => {
    await using server = await startFakeAnthropic();
    const model = providerOf(server)(ID);
    const note = z.object({
      title: z.string(),
      tags: z.array(z.enum(["sea", "land"])),
      count: z.number().int(),
    });
    const { output } = await generateText({ model, prompt: "What is kelp?", output: Output.object({ schema: note }) });
    expect(output).toEqual({ title: "What is kelp?", tags: ["sea"], count: 1 });
    expect(server.calls[0]?.body.output_config).toMatchObject({ format: { schema: { type: "object" } } });
    const called = await generateText({
      model,
      prompt: "What is kelp?",
      tools: { look: tool({ inputSchema: jsonSchema({ type: "object", properties: { word: { type: "string" } } }) }) },
      toolChoice: { type: "tool", toolName: "look" },
    });
    expect(called.toolCalls).toMatchObject([{ toolName: "look", input: { word: "What is kelp?" } }]);
    expect(called.rawFinishReason).toBe("tool_use");
  });

  test("images are taken, and counted", async () => {
    await using server = await startFakeAnthropic();
    const content = [
      { type: "file", data: PNG, mediaType: "image/png" },
      { type: "file", data: new URL("https://a.test/kelp.png"), mediaType: "image/png" },
      { type: "text", text: "Kelp?" },
    ] as const;
    await generateText({ model: providerOf(server)(ID), messages: [{ role: "user", content: [...content] }] });
    expect(server.books.inputTokens).toBe(3202);
  });

  test("a prompt that was kept is read from the cache", async () => {
    await using server = await startFakeAnthropic({ answer: () => "Yes." });
    const model = providerOf(server)(ID);
    const system = {
      role: "system",
      content: "kelp".repeat(1024),
      providerOptions: { anthropic: { cacheControl: { type: "ephemeral" } } },
    } as const;
    const ask = (prompt: string) =>
      generateText({ model, instructions: system, messages: [{ role: "user", content: prompt }] }).then(
        ({ usage }) => usage,
      );
    expect((await ask("Kelp?")).inputTokenDetails).toEqual({
      noCacheTokens: 2,
      cacheReadTokens: 0,
      cacheWriteTokens: 1024,
    });
    expect((await ask("Moss?")).inputTokenDetails).toEqual({
      noCacheTokens: 2,
      cacheReadTokens: 1024,
      cacheWriteTokens: 0,
    });
    expect([server.books.inputTokens, server.books.cachedInputTokens, server.cacheWriteTokens]).toEqual([
      2052, 1024, 1024,
    ]);
  });

  test("what was written before a connection broke is billed", async () => {
    await using server = await startFakeAnthropic({ answer: () => "Kelp ".repeat(80), faults: ["reset_mid_stream"] });
    const streamed = streamText({ model: providerOf(server)(ID), prompt: "Kelp?", onError: () => {} });
    await expect(Promise.resolve(streamed.text)).rejects.toThrow();
    expect(booksOf(server)).toEqual({ calls: 1, inputTokens: 2, outputTokens: 48 });
  });
});

describe("a batch of the AI SDK at a fake of Anthropic's API", () => {
  const request = (id: string) => ({ id, type: "text", model: ID, prompt: `What is ${id}?` }) as const;

  test("is worked on between looks, and gives its results out of order, failed ones too", async () => {
    await using server = await startFakeAnthropic({
      answer: () => "Brown.",
      batchLooks: 1,
      batchFaults: { moss: "expired", sand: "overloaded", rock: ANTHROPIC_FAULTS.refusal },
    });
    const provider = providerOf(server);
    const batch = await startBatch({ provider, requests: ["kelp", "moss", "sand", "rock"].map(request) });
    expect(batch).toMatchObject({ status: "pending", requestCounts: { total: 4, pending: 4 } });
    expect(await getBatchStatus({ provider, batch })).toMatchObject({ status: "pending" });
    expect(await getBatchStatus({ provider, batch })).toMatchObject({
      status: "completed",
      requestCounts: { total: 4, pending: 0, completed: 2, failed: 2 },
    });
    const results = await Array.fromAsync(getBatchResults({ provider, batch }));
    expect(results).toMatchObject([
      { id: "rock", status: "succeeded", rawFinishReason: "refusal" },
      { id: "sand", status: "failed", error: { type: "overloaded_error" } },
      { id: "moss", status: "expired" },
      { id: "kelp", status: "succeeded", text: "Brown.", usage: { outputTokens: 2 } },
    ]);
    expect(booksOf(server)).toEqual({ calls: 2, inputTokens: 8, outputTokens: 3 });
    expect(server.batchItems).toHaveLength(4);
  });

  test("ends with half of it when it is cancelled", async () => {
    await using server = await startFakeAnthropic({ batchLooks: 9 });
    const provider = providerOf(server);
    const batch = await startBatch({ provider, requests: ["kelp", "moss"].map(request) });
    await cancelBatch({ provider, batch });
    expect(await getBatchStatus({ provider, batch })).toMatchObject({ status: "pending", rawStatus: "canceling" });
    expect(await getBatchStatus({ provider, batch })).toMatchObject({ status: "completed", rawStatus: "ended" });
    const results = await Array.fromAsync(getBatchResults({ provider, batch }));
    expect(results.map(({ id, status }) => [id, status])).toEqual([
      ["moss", "cancelled"],
      ["kelp", "succeeded"],
    ]);
  });

  test("has no results before it has ended, and a request that is wrong fails alone", async () => {
    await using server = await startFakeAnthropic({ batchLooks: 1 });
    const provider = providerOf(server);
    const batch = await startBatch({
      provider,
      requests: [{ ...request("kelp"), model: "claude-gone" }, request("moss")],
    });
    await expect(Array.fromAsync(getBatchResults({ provider, batch }))).rejects.toThrow("is not complete");
    const results = await Array.fromAsync(getBatchResults({ provider, batch }));
    expect(results).toMatchObject([
      { id: "moss", status: "succeeded" },
      { id: "kelp", status: "failed", error: { message: "model: claude-gone", type: "not_found_error" } },
    ]);
  });

  test("is listed page by page, the newest first", async () => {
    await using server = await startFakeAnthropic();
    const provider = providerOf(server);
    for (const id of ["one", "two", "three"]) await startBatch({ provider, requests: [request(id)] });
    const first = await listBatches({ provider, limit: 2 });
    expect(first.batches.map(({ id }) => id)).toEqual(["msgbatch_fake0003", "msgbatch_fake0002"]);
    const second = await listBatches({ provider, limit: 2, ...(first.nextCursor && { cursor: first.nextCursor }) });
    expect([second.batches.map(({ id }) => id), second.nextCursor]).toEqual([["msgbatch_fake0001"], undefined]);
  });
});

describe("what has no place in the AI SDK", () => {
  const headers = { "x-api-key": "k", "anthropic-version": "2023-06-01" };
  const get = async ({ url }: FakeAnthropic, path: string): Promise<unknown> =>
    (await fetch(`${url}${path}`, { headers })).json();

  test("models are listed page by page, and shown", async () => {
    const models = ["a", "b", "c"].map((id) => ({ id, maxOutputTokens: 8_192 }));
    await using server = await startFakeAnthropic({ models });
    expect(await get(server, "/models?limit=2")).toMatchObject({
      data: [{ id: "a", type: "model", max_tokens: 8_192 }, { id: "b" }],
      has_more: true,
      first_id: "a",
      last_id: "b",
    });
    expect(await get(server, "/models?limit=2&after_id=b")).toMatchObject({ data: [{ id: "c" }], has_more: false });
    expect(await get(server, "/models?limit=1&before_id=c")).toMatchObject({ data: [{ id: "b" }], has_more: true });
    expect(await get(server, "/models/c")).toMatchObject({ id: "c", max_input_tokens: 200_000 });
    expect(await get(server, "/models/d")).toMatchObject({ error: { type: "not_found_error", message: "model: d" } });
    expect(server.lookUps).toBe(5);
  });

  test("tokens are counted without a bill", async () => {
    await using server = await startFakeAnthropic();
    const body = JSON.stringify({ model: ID, messages: [{ role: "user", content: "What is kelp?" }] });
    const response = await fetch(`${server.url}/messages/count_tokens`, { method: "POST", headers, body });
    expect(await response.json()).toEqual({ input_tokens: 4 });
    expect(booksOf(server)).toEqual({});
  });
});
