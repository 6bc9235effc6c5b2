import { createGoogle } from "@ai-sdk/google";
import { generateText } from "ai";
import { describe, expect, test } from "vitest";
import { askedOnce, refusalOf, streamedOnce, type Ending } from "../../../test/ai-sdk-ending.ts";
import { until } from "../../../test/until.ts";
import { startFakeGemini, type GeminiFaultName } from "./index.ts";

const ID = "gemini-2.5-flash";

/** What a call ends as for the AI SDK: a whole answer, a stream, and whether the server bills any output for them. */
type Row = readonly [whole: Ending, streamed: Ending, billed: "nothing" | "something"];

const same = (ending: Ending): Row => [ending, ending, "nothing"];
/** Thinking is billed, whatever comes of it. */
const ends = (ending: Ending): Row => [ending, ending, "something"];

/** The faults that end by themselves. */
const ENDINGS: Readonly<Record<Exclude<GeminiFaultName, "hang" | "stay_open">, Row>> = {
  invalid_key: same("APICallError 400"),
  no_key: same("APICallError 403"),
  service_disabled: same("APICallError 403"),
  key_suspended: same("APICallError 403"),
  forbidden: same("APICallError 403"),
  model_not_found: same("APICallError 404"),
  wrong_location: same("APICallError 400"),
  rate_limit: same("APICallError 429 again"),
  // The AI SDK would ask again all day long.
  quota_of_the_day: same("APICallError 429 again"),
  exhausted: same("APICallError 429 again"),
  server_error: same("APICallError 500 again"),
  overloaded: same("APICallError 503 again"),
  deadline: same("APICallError 504 again"),
  prompt_too_long: same("APICallError 400"),
  overloaded_mid_stream: ["APICallError 503 again", "StreamProviderError 503 again after text", "something"],
  error_mid_stream: ["APICallError 500 again", "StreamProviderError 500 again after text", "something"],
  end_early: ["APICallError 200", "interrupted/-", "something"],
  end_without_reason: ["other/-", "interrupted/-", "something"],
  garble_mid_stream: ["APICallError 200", "JSONParseError - after text", "something"],
  reset: same("APICallError - again"),
  reset_mid_stream: ["APICallError 200 again", "APICallError 200 again after text", "something"],
  cut_at_length: ends("length/MAX_TOKENS"),
  safety: ends("content-filter/SAFETY without text"),
  safety_mid_stream: ends("content-filter/SAFETY"),
  recitation: ends("content-filter/RECITATION without text"),
  prohibited: ends("content-filter/PROHIBITED_CONTENT without text"),
  language: ends("other/LANGUAGE without text"),
  other: ends("other/OTHER"),
  malformed_function_call: ends("error/MALFORMED_FUNCTION_CALL without text"),
  unknown_reason: ends("other/THE_TIDE_WENT_OUT"),
  say_nothing: ends("stop/STOP without text"),
  blocked_prompt: same("content-filter/PROHIBITED_CONTENT without text"),
  choose_nothing: ["other/- without text", "interrupted/- without text", "nothing"],
  think_only: ends("length/MAX_TOKENS without text"),
  omit_usage: ends("stop/STOP"),
};

describe("a fault of Gemini's API, for the AI SDK", () => {
  test.each(Object.entries(ENDINGS))("%s", async (name, [whole, streamed, billed]) => {
    await using server = await startFakeGemini({ faults: () => name as GeminiFaultName });
    const model = createGoogle({ baseURL: server.url, apiKey: "k" })(ID);
    expect([await askedOnce(model), await streamedOnce(model)]).toEqual([whole, streamed]);
    expect(server.books.outputTokens > 0).toBe(billed === "something");
    expect(server.calls.map(({ isStream }) => isStream)).toEqual([false, true]);
  });

  test("a refusal carries its words, why, and how long to wait", async () => {
    await using server = await startFakeGemini({ faults: ["rate_limit", "service_disabled"] });
    const model = createGoogle({ baseURL: server.url, apiKey: "k" })(ID);
    const ask = (): Promise<unknown> => generateText({ model, prompt: "What is kelp?", maxRetries: 0 });
    expect(await refusalOf(ask())).toMatchObject({
      status: 429,
      body: {
        error: {
          status: "RESOURCE_EXHAUSTED",
          details: [
            { violations: [{ quotaId: "GenerateRequestsPerMinutePerProjectPerModel-FreeTier" }] },
            { retryDelay: "1s" },
          ],
        },
      },
    });
    expect(await refusalOf(ask())).toMatchObject({
      status: 403,
      body: { error: { status: "PERMISSION_DENIED", details: [{ reason: "SERVICE_DISABLED" }] } },
    });
  });

  test("hang: nothing comes until the caller goes", async () => {
    await using server = await startFakeGemini({ faults: ["hang"] });
    const model = createGoogle({ baseURL: server.url, apiKey: "k" })(ID);
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

  test("stay_open: the whole answer comes, and no end", async () => {
    await using server = await startFakeGemini({ faults: ["stay_open"] });
    const leaving = new AbortController();
    const response = await fetch(`${server.url}/models/${ID}:streamGenerateContent?alt=sse&key=k`, {
      method: "POST",
      body: JSON.stringify({ contents: [{ parts: [{ text: "What is kelp?" }] }] }),
      signal: leaving.signal,
    });
    let text = "";
    for await (const part of response.body ?? []) {
      text += Buffer.from(part).toString();
      if (text.includes('"finishReason":"STOP"')) break;
    }
    expect(text).toContain("STOP");
    leaving.abort();
  });
});

describe("a stream of Gemini's API that is no SSE", () => {
  const ask = ({ url }: { readonly url: string }): Promise<Response> =>
    fetch(`${url}/models/${ID}:streamGenerateContent?key=k`, {
      method: "POST",
      body: JSON.stringify({ contents: [{ parts: [{ text: "What is kelp?" }] }] }),
    });

  test("is a list of bodies", async () => {
    await using server = await startFakeGemini({ answer: () => "Kelp is a brown seaweed that grows in forests." });
    const bodies = (await (await ask(server)).json()) as readonly object[];
    expect(bodies.length).toBeGreaterThan(2);
    expect(bodies.at(-1)).toMatchObject({
      candidates: [{ finishReason: "STOP" }],
      usageMetadata: { promptTokenCount: 4 },
    });
  });

  test("has its errors in a list", async () => {
    await using server = await startFakeGemini({ faults: ["overloaded", "error_mid_stream"] });
    const refused = await ask(server);
    expect([refused.status, await refused.json()]).toMatchObject([503, [{ error: { status: "UNAVAILABLE" } }]]);
    const broken = (await (await ask(server)).json()) as readonly object[];
    expect(broken.at(-1)).toMatchObject({ error: { status: "INTERNAL" } });
  });
});
