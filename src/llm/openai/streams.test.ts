import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import type { GenerateAnswer } from "../../core/model/index.ts";
import type { HttpTimeouts } from "../http/transport.ts";
import { createOpenAI } from "./index.ts";

/** What a server writes, in one piece or as the test likes. */
type Writes = string | ((res: ServerResponse) => void);

const EVENTS = { "content-type": "text/event-stream" };

async function answerOf(
  writes: Writes,
  { headers = EVENTS, timeouts = {} }: { headers?: Record<string, string>; timeouts?: HttpTimeouts } = {},
): Promise<GenerateAnswer> {
  const server = createServer((req, res) => {
    req.resume().once("end", () => {
      res.writeHead(200, headers);
      if (typeof writes === "string") res.end(writes);
      else writes(res);
    });
  }).listen(0, "127.0.0.1");
  onTestFinished(() => server.close().closeAllConnections());
  await once(server, "listening");
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return createOpenAI({ model: "m", baseUrl, timeouts }).generate({ prompt: "?" });
}

const event = (value: unknown): string => `data: ${typeof value === "string" ? value : JSON.stringify(value)}\n\n`;
const chunk = (content: unknown, ending: string | null = null, delta: object = {}): object => ({
  choices: [{ index: 0, delta: { content, ...delta }, finish_reason: ending }],
});
const counted = (usage: object): string => event({ choices: [], usage });
const USAGE = { prompt_tokens: 500, completion_tokens: 80 };
const HALF = event(chunk("half of an answer that was cut "));
const DONE = event("[DONE]");
const endingWith = (word: string): string => HALF + event(chunk("", word)) + counted(USAGE) + DONE;
const HELLO = event(chunk("hello", "stop")) + DONE;
const sound = { inputTokens: 500, outputTokens: 80 };

describe("an answer that is not whole", () => {
  it.each<readonly [who: string, writes: Writes, failure: object]>([
    ["OpenRouter, an error without words", endingWith("error"), { kind: "transient" }],
    ["DeepSeek without resources", endingWith("insufficient_system_resource"), { kind: "transient" }],
    ["Mistral at the end of its context", endingWith("model_length"), { kind: "answer", cutOffBy: "context" }],
    ["vLLM, aborted", endingWith("abort"), { kind: "transient" }],
    ["Anthropic at its cap", endingWith("max_tokens"), { kind: "answer" }],
    ["Gemini at its cap", endingWith("MAX_TOKENS"), { kind: "answer" }],
    ["Gemini's filter", endingWith("SAFETY"), { kind: "input" }],
    ["Gemini's tools", endingWith("function_call_filter: MALFORMED_FUNCTION_CALL"), { kind: "transient" }],
    ["z.ai's network", endingWith("network_error"), { kind: "transient" }],
    ["a word of tomorrow", endingWith("vibes"), { kind: "transient", message: expect.stringContaining('"vibes"') }],
    ["OpenAI at its cap", endingWith("length"), { kind: "answer" }],
  ])("is a failure with its usage: %s", async (_, writes, failure) => {
    await expect(answerOf(writes)).rejects.toMatchObject({ usage: sound, ...failure });
  });

  it.each<readonly [who: string, writes: Writes, failure: object]>([
    [
      "SGLang: no word but an empty one, and cut",
      event(chunk("half of ", "")) + event(chunk("it", "")),
      { kind: "transient" },
    ],
    ["[DONE] without a word", HALF + DONE, { kind: "transient" }],
    [
      "nothing but thinking, in OpenRouter's list",
      event(chunk("", null, { reasoning_details: [{ type: "reasoning.text", text: "hm" }] })) +
        event(chunk("", "stop")) +
        DONE,
      { kind: "answer", message: expect.stringContaining("used it all for thinking (2 characters)") },
    ],
    [
      "nothing but thinking",
      event(chunk("", null, { thinking: "hm hm" })) + event(chunk("", "stop")) + DONE,
      { kind: "answer" },
    ],
    [
      "an error in place of an answer",
      JSON.stringify({ error: { message: "Provider returned error", code: 502 } }),
      { kind: "transient" },
    ],
    ["no choices", JSON.stringify({ id: "x", choices: null }), { kind: "transient" }],
    [
      "another choice than the first",
      event({ choices: [{ index: 1, delta: { content: "no" }, finish_reason: "stop" }] }) + DONE,
      { kind: "transient" },
    ],
    [
      "lines that are no events",
      `${JSON.stringify(chunk("hello"))}\n${JSON.stringify(chunk("", "stop"))}\n`,
      { kind: "transient" },
    ],
  ])("is a failure: %s", async (_, writes, failure) => {
    const headers =
      typeof writes === "string" && writes.startsWith('{"error') ? { "content-type": "application/json" } : EVENTS;
    await expect(answerOf(writes, { headers })).rejects.toMatchObject(failure);
  });
});

describe("an answer that is whole, however it is written", () => {
  it.each<readonly [who: string, writes: Writes, text: string]>([
    [
      "an empty word with each piece, then one",
      event(chunk("half ", "")) + event(chunk("whole", "stop")) + DONE,
      "half whole",
    ],
    ["TGI's word", event(chunk("hello", "eos_token")) + DONE, "hello"],
    ["a word, then no [DONE]", event(chunk("hello", "stop")), "hello"],
    [
      "Mistral's list of parts",
      event(chunk([{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }])) + HELLO,
      "hello",
    ],
    ["a list of texts", event(chunk([{ type: "text", text: "hello" }], "stop")) + DONE, "hello"],
    ["lines that end with CR LF", HELLO.replaceAll("\n", "\r\n"), "hello"],
    ["lines that end with CR", HELLO.replaceAll("\n", "\r"), "hello"],
    ["no space behind the colon", HELLO.replaceAll("data: ", "data:"), "hello"],
    ["a byte order mark", `\uFEFF${HELLO}`, "hello"],
    ["one event on two lines", HELLO.replace('{"index"', '\ndata: {"index"'), "hello"],
    [
      "comments, ids and pings",
      `retry: 3\nid: 1\nevent: ping\ndata: {"type":"ping"}\n\n: PROCESSING\n\n${HELLO}`,
      "hello",
    ],
    ["an event without data", `data: \n\n${HELLO}`, "hello"],
    ["Azure's filter before it", event({ choices: [], prompt_filter_results: [] }) + HELLO, "hello"],
    [
      "Azure's filter in the middle",
      event({ choices: [{ index: 0, finish_reason: null, content_filter_results: {} }] }) + HELLO,
      "hello",
    ],
    ["an empty error beside it", event({ ...chunk("hello", "stop"), error: "" }) + DONE, "hello"],
    [
      "an error behind its end",
      event(chunk("hello", "stop")) + event({ error: { message: "usage service down" } }) + DONE,
      "hello",
    ],
    ["its end told twice", event(chunk("hello", "stop")) + event(chunk("", "stop")) + DONE, "hello"],
    ["a megabyte in one event", event(chunk("x".repeat(1 << 20), "stop").valueOf()) + DONE, "x".repeat(1 << 20)],
    ["a ping that is no JSON", `event: ping\ndata: ping\n\n${HELLO}`, "hello"],
  ])("%s", async (_, writes, text) => {
    expect((await answerOf(writes)).text).toBe(text);
  });

  it.each([
    ["none", {}],
    ["plain text", { "content-type": "text/plain" }],
    ["bytes", { "content-type": "application/octet-stream" }],
  ])("with events of the content type %s", async (_, headers) => {
    expect((await answerOf(HELLO, { headers })).text).toBe("hello");
  });

  it.each([
    ["in capitals", { "content-type": "Text/Event-Stream" }, HELLO],
    [
      "as JSON behind empty lines",
      { "content-type": "application/json" },
      `\n \n${JSON.stringify({ choices: [{ index: 0, message: { content: "hello" }, finish_reason: "stop" }] })}`,
    ],
  ])("with a content type %s", async (_, headers, writes) => {
    expect((await answerOf(writes, { headers })).text).toBe("hello");
  });

  it.each([
    ["its end", event(chunk("hello", "stop"))],
    ["[DONE]", HELLO],
  ])("when the connection stays open behind %s", async (_, writes) => {
    const idleMs = 60_000;
    expect((await answerOf((res) => void res.write(writes), { timeouts: { idleMs } })).text).toBe("hello");
  });

  it("with the usage that comes a moment after its end", async () => {
    const writes = (res: ServerResponse): void => {
      res.write(event(chunk("hello", "stop")));
      setTimeout(() => res.write(counted(USAGE)), 50);
    };
    expect(await answerOf(writes)).toEqual({ text: "hello", usage: sound });
  });
});

describe("a server that shows signs of life and says nothing", () => {
  it("is given up when nothing of use has come for too long", async () => {
    const writes = (res: ServerResponse): void => {
      const timer = setInterval(() => res.write(": keep-alive\n\n"), 5);
      res.once("close", () => clearInterval(timer));
    };
    await expect(answerOf(writes, { timeouts: { idleMs: 100 } })).rejects.toMatchObject({
      kind: "transient",
      message: expect.stringContaining("Nothing more arrived within 0.1 s"),
    });
  });
});

describe("the usage of an answer", () => {
  const whole = event(chunk("ok", "stop"));
  const tokens = { prompt_tokens: 100, completion_tokens: 100 };

  it.each<readonly [who: string, said: string, usage: object]>([
    ["beside the last choice", event({ ...chunk("ok", "stop"), usage: USAGE }), sound],
    ["behind it", whole + counted(USAGE), sound],
    ["null with each piece, then counts", event({ ...chunk("ok", "stop"), usage: null }) + counted(USAGE), sound],
    ["Groq's place for it", whole + event({ choices: [], x_groq: { usage: USAGE } }), sound],
    ["as texts", whole + counted({ prompt_tokens: "5", completion_tokens: "2" }), {}],
    ["a total alone", whole + counted({ total_tokens: 99 }), {}],
    [
      "Gemini: thinking in the total only",
      whole + counted({ ...tokens, total_tokens: 1200 }),
      { inputTokens: 100, outputTokens: 1100, reasoningTokens: 1000 },
    ],
    [
      "xAI: thinking beside the completion",
      whole + counted({ ...tokens, total_tokens: 1200, completion_tokens_details: { reasoning_tokens: 1000 } }),
      { inputTokens: 100, outputTokens: 1100, reasoningTokens: 1000 },
    ],
    [
      "OpenAI: thinking within the completion",
      whole + counted({ ...tokens, total_tokens: 200, completion_tokens_details: { reasoning_tokens: 60 } }),
      { inputTokens: 100, outputTokens: 100, reasoningTokens: 60 },
    ],
    [
      "OpenAI: cached input",
      whole + counted({ ...tokens, prompt_tokens_details: { cached_tokens: 90 } }),
      { inputTokens: 100, outputTokens: 100, cachedInputTokens: 90 },
    ],
    [
      "DeepSeek: cached input",
      whole + counted({ ...tokens, prompt_cache_hit_tokens: 64, prompt_cache_miss_tokens: 36 }),
      { inputTokens: 100, outputTokens: 100, cachedInputTokens: 64 },
    ],
    [
      "OpenRouter: its cost",
      whole + counted({ ...tokens, cost: 0.0123 }),
      { inputTokens: 100, outputTokens: 100, cost: 0.0123 },
    ],
    ["a cost that is none", whole + counted({ ...tokens, cost: -1 }), { inputTokens: 100, outputTokens: 100 }],
    [
      "no number of thinking that can be",
      whole + counted({ ...tokens, completion_tokens_details: { reasoning_tokens: 101 } }),
      { inputTokens: 100, outputTokens: 100 },
    ],
  ])("is read: %s", async (_, said, usage) => {
    expect((await answerOf(said + DONE)).usage).toEqual(usage);
  });
});

describe("a server that does not take a field", () => {
  it("gets the call without it, and is not asked with it again", async () => {
    const bodies: Record<string, unknown>[] = [];
    const server = createServer((req, res) => {
      let text = "";
      req.on("data", (piece: Buffer) => (text += piece.toString()));
      req.once("end", () => {
        const body = JSON.parse(text) as Record<string, unknown>;
        bodies.push(body);
        const refuse = (message: string, param: string): void =>
          void res.writeHead(400).end(JSON.stringify({ error: { message, param, type: "invalid_request_error" } }));
        if ("stream_options" in body) return refuse("Unrecognized request argument supplied: stream_options", "");
        if ("max_tokens" in body)
          return refuse("Unsupported parameter: 'max_tokens' is not supported with this model.", "max_tokens");
        if (body["stream"] === true)
          return refuse("Your organization must be verified to stream this model.", "stream");
        if (Number(body["max_completion_tokens"]) > 4096)
          return refuse(
            "max_completion_tokens is too large: 8192. This model supports at most 4096 completion tokens",
            "max_completion_tokens",
          );
        const choices = [{ index: 0, message: { content: "hello" }, finish_reason: "stop" }];
        return void res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ choices }));
      });
    }).listen(0, "127.0.0.1");
    onTestFinished(() => server.close().closeAllConnections());
    await once(server, "listening");
    const model = createOpenAI({
      model: "m",
      baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    });
    expect((await model.generate({ prompt: "?" })).text).toBe("hello");
    expect(bodies).toHaveLength(5);
    expect((await model.generate({ prompt: "?" })).text).toBe("hello");
    expect(bodies).toHaveLength(6);
    expect(bodies[5]).toMatchObject({ stream: false, max_completion_tokens: 4096 });
  });

  it("and refuses whatever is sent is given up after a few", async () => {
    let calls = 0;
    const server = createServer((req, res) => {
      req.resume().once("end", () => {
        calls += 1;
        const message = `max_tokens is too large. This model supports at most ${8192 - calls} completion tokens`;
        res.writeHead(400).end(JSON.stringify({ error: { message, param: "max_tokens" } }));
      });
    }).listen(0, "127.0.0.1");
    onTestFinished(() => server.close().closeAllConnections());
    await once(server, "listening");
    const model = createOpenAI({
      model: "m",
      baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    });
    await expect(model.generate({ prompt: "?" })).rejects.toMatchObject({ name: "StepError" });
    expect(calls).toBe(9);
  });
});
