import { createAnthropic } from "@ai-sdk/anthropic";
import { generateText } from "ai";
import { describe, expect, test } from "vitest";
import { askedOnce, refusalOf, streamedOnce, type Ending } from "../../../test/ai-sdk-ending.ts";
import { until } from "../../../test/until.ts";
import { ANTHROPIC_FAULTS, startFakeAnthropic, type AnthropicFaultName } from "./index.ts";

/** What a call ends as for the AI SDK: a whole answer, a stream, and tokens that the server bills for each. */
type Row = readonly [whole: Ending, streamed: Ending, billed: "nothing" | "something"];

const same = (ending: Ending): Row => [ending, ending, "nothing"];
const stops = (ending: Ending, billed: Row[2] = "something"): Row => [ending, ending, billed];

/** The faults that end by themselves. */
const ENDINGS: Readonly<Record<Exclude<AnthropicFaultName, "hang" | "ping_forever" | "stay_open">, Row>> = {
  invalid_key: same("APICallError 401"),
  forbidden: same("APICallError 403"),
  model_not_found: same("APICallError 404"),
  request_too_large: same("APICallError 413"),
  rate_limit: same("APICallError 429 again"),
  rate_limit_without_wait: same("APICallError 429 again"),
  server_error: same("APICallError 500 again"),
  timeout: same("APICallError 504 again"),
  overloaded: same("APICallError 529 again"),
  low_balance: same("APICallError 400"),
  prompt_too_long: same("APICallError 400"),
  max_tokens_too_large: same("APICallError 400"),
  context_overlap: same("APICallError 400"),
  overloaded_at_once: same("APICallError 529 again"),
  overloaded_mid_stream: ["APICallError 529 again", "StreamProviderError 529 again after text", "something"],
  error_mid_stream: ["APICallError 500 again", "StreamProviderError 500 again after text", "something"],
  end_early: ["APICallError 200", "interrupted/-", "something"],
  // Without a stream there is no event that can be missing.
  end_without_stop: ["stop/end_turn", "interrupted/-", "something"],
  garble_mid_stream: ["APICallError 200", "JSONParseError - after text", "something"],
  reset: same("APICallError - again"),
  reset_mid_stream: ["APICallError 200 again", "APICallError 200 again after text", "something"],
  cut_at_length: stops("length/max_tokens"),
  refusal: stops("content-filter/refusal"),
  refusal_at_once: stops("content-filter/refusal without text", "nothing"),
  // The AI SDK takes a turn that is only paused for a whole one.
  pause_turn: stops("stop/pause_turn"),
  context_full: stops("length/model_context_window_exceeded"),
  tool_use: stops("tool-calls/tool_use"),
  unknown_reason: stops("other/the_tide_went_out"),
  say_nothing: stops("stop/end_turn without text", "nothing"),
  think_only: stops("length/max_tokens without text"),
};

describe("a fault of Anthropic's API, for the AI SDK", () => {
  test.each(Object.entries(ENDINGS))("%s", async (name, [whole, streamed, billed]) => {
    await using server = await startFakeAnthropic({ faults: () => name as AnthropicFaultName });
    const model = createAnthropic({ baseURL: server.url, apiKey: "k" })("claude-haiku-4-5");
    expect([await askedOnce(model), await streamedOnce(model)]).toEqual([whole, streamed]);
    expect(server.books.outputTokens > 0).toBe(billed === "something");
    expect(server.calls).toHaveLength(2);
  });

  test("a refusal carries its words, the id of the request and the limits", async () => {
    await using server = await startFakeAnthropic({ faults: ["rate_limit"] });
    const model = createAnthropic({ baseURL: server.url, apiKey: "k" })("claude-haiku-4-5");
    const call = generateText({ model, prompt: "What is kelp?", maxRetries: 0 });
    await expect(call).rejects.toMatchObject({
      responseHeaders: {
        "retry-after": "1",
        "request-id": "req_fake1",
        "anthropic-ratelimit-input-tokens-remaining": "0",
        "anthropic-ratelimit-requests-limit": "1000000",
      },
    });
    expect(await refusalOf(call)).toMatchObject({
      status: 429,
      body: { type: "error", error: { type: "rate_limit_error" }, request_id: "req_fake1" },
    });
  });

  test("hang: nothing comes until the caller goes", async () => {
    await using server = await startFakeAnthropic({ faults: ["hang"] });
    const model = createAnthropic({ baseURL: server.url, apiKey: "k" })("claude-haiku-4-5");
    const leaving = new AbortController();
    const call = generateText({ model, prompt: "What is kelp?", maxRetries: 0, abortSignal: leaving.signal });
    const ended = call.then(
      () => "answered",
      (error: unknown) => (error as Error).name,
    );
    await until(() => server.calls.length === 1);
    leaving.abort();
    expect(await ended).toBe("AbortError");
    expect(server.books.calls).toBe(0);
  });

  test.each([
    ["ping_forever", "ping", 5],
    ["stay_open", "message_stop", 1],
  ] as const)("%s: the stream goes on behind its words", async (name, event, times) => {
    await using server = await startFakeAnthropic({ faults: [ANTHROPIC_FAULTS[name]] });
    const leaving = new AbortController();
    const response = await fetch(`${server.url}/messages`, {
      method: "POST",
      headers: { "x-api-key": "k", "anthropic-version": "2023-06-01" },
      body: JSON.stringify({
        model: "claude-haiku-4-5",
        max_tokens: 100,
        stream: true,
        messages: [{ role: "user", content: "What is kelp?" }],
      }),
      signal: leaving.signal,
    });
    let text = "";
    let count = 0;
    for await (const part of response.body ?? []) {
      text += Buffer.from(part).toString();
      count = text.split(`event: ${event}\n`).length - 1;
      if (count >= times) break;
    }
    expect(count).toBeGreaterThanOrEqual(times);
    leaving.abort();
  });
});
