import { request } from "node:http";

import { describe, expect, it, onTestFinished } from "vitest";

import { until } from "../../../test/until.ts";
import { randomFaults, startFakeOllama, type FakeOllama, type FakeOllamaOptions } from "./index.ts";

async function fake(options?: FakeOllamaOptions): Promise<FakeOllama> {
  const server = await startFakeOllama(options);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

const post = (server: FakeOllama, path: string, body: unknown): Promise<Response> =>
  fetch(server.url + path, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) });

const ask = (content: string, more: object = {}): object => ({
  model: "llama3.2",
  messages: [{ role: "user", content }],
  ...more,
});

type Line = {
  message: { content: string; thinking?: string };
  done: boolean;
  done_reason?: string;
  prompt_eval_count?: number;
  eval_count?: number;
  eval_duration?: number;
  error?: string;
};

const linesOf = async (response: Response): Promise<Line[]> =>
  (await response.text())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);

const textOf = (lines: readonly Line[]): string => lines.map((line) => line.message.content).join("");

describe("startFakeOllama", () => {
  it("says that it runs, which version it is, and what it holds", async () => {
    const server = await fake({ models: [{ name: "tiny:1b", contextLength: 2048 }] });
    expect(await (await fetch(server.url)).text()).toBe("Ollama is running");
    expect(await (await fetch(`${server.url}/api/version`)).json()).toEqual({ version: "0.33.0" });
    expect(await (await fetch(`${server.url}/api/tags`)).json()).toMatchObject({ models: [{ name: "tiny:1b" }] });
    const shown = await (await post(server, "/api/show", { model: "TINY:1b" })).json();
    expect(shown).toMatchObject({ model_info: { "llama.context_length": 2048 }, capabilities: ["completion"] });
    expect(server.countsByPath).toEqual({ "/": 1, "/api/version": 1, "/api/tags": 1, "/api/show": 1 });
  });

  it("streams an answer in several lines and ends it with its counts", async () => {
    const server = await fake({ answer: () => "word ".repeat(40) });
    const lines = await linesOf(await post(server, "/api/chat", ask("12345678")));
    expect(lines.length).toBeGreaterThan(3);
    expect(textOf(lines)).toBe("word ".repeat(40));
    expect(lines.at(-1)).toMatchObject({ done: true, done_reason: "stop", prompt_eval_count: 2, eval_count: 50 });
    expect(lines.slice(0, -1).every((line) => !line.done)).toBe(true);
  });

  it("answers in one piece when streaming is off, and in `response` when asked to generate", async () => {
    const server = await fake({ answer: () => "Hello" });
    const answer = await (
      await post(server, "/api/generate", { model: "llama3.2", prompt: "Hi", stream: false })
    ).json();
    expect(answer).toMatchObject({ response: "Hello", done: true, context: [1, 2, 3] });
  });

  it("gives the same note for the same prompt and another title for another prompt", async () => {
    const server = await fake();
    const notes = await Promise.all(
      ["What is a hash table?", "What is a hash table?", "猫はなぜ鳴くのか"].map(async (prompt) =>
        textOf(await linesOf(await post(server, "/api/chat", ask(prompt)))),
      ),
    );
    expect(notes[0]).toBe(notes[1]);
    expect(notes[0]).toMatch(/^# .+\n\n## Summary\n.+\n\n## Tags\n.+\n\n## Content\n- .+/);
    expect(notes[2]?.split("\n")[0]).not.toBe(notes[0]?.split("\n")[0]);
  });

  it.each([
    ["/api/chat", "", 400, "missing request body"],
    ["/api/chat", "x", 400, "invalid character 'x' looking for beginning of value"],
    ["/api/chat", ask("Hi", { model: "" }), 400, "model is required"],
    ["/api/generate", { model: "", prompt: "Hi" }, 404, "model '' not found"],
    ["/api/chat", ask("Hi", { model: "nope" }), 404, "model 'nope' not found"],
    ["/api/chat", ask("Hi", { model: "embedder" }), 400, '"embedder" does not support chat'],
    ["/api/generate", { model: "embedder", prompt: "Hi" }, 400, '"embedder" does not support generate'],
    ["/api/chat", ask("Hi", { think: true }), 400, '"llama3.2" does not support thinking'],
    ["/api/chat", ask("Hi", { format: 1 }), 500, 'invalid format: 1; expected "json" or a valid JSON Schema object'],
  ])("refuses on %s %j with %i", async (path, body, status, error) => {
    const server = await fake({ models: [{ name: "llama3.2" }, { name: "embedder", capabilities: ["embedding"] }] });
    const response = await post(server, path, body);
    expect([response.status, await response.json()]).toEqual([status, { error }]);
  });

  it("counts a request without messages as a load, not as a call", async () => {
    const server = await fake();
    const load = await (await post(server, "/api/chat", { model: "llama3.2", messages: [] })).json();
    const unload = await (await post(server, "/api/chat", { model: "llama3.2", keep_alive: 0 })).json();
    expect([load, unload]).toMatchObject([{ done_reason: "load" }, { done_reason: "unload" }]);
    expect([server.calls.length, server.loads.length]).toEqual([0, 2]);
    expect(await (await fetch(`${server.url}/api/ps`)).json()).toEqual({ models: [] });
  });

  it("counts a reload whenever the context asked for changes", async () => {
    const server = await fake();
    for (const num_ctx of [2048, 2048, 4096, 2048]) {
      await (await post(server, "/api/chat", ask("Hi", { options: { num_ctx } }))).text();
    }
    expect(server.reloads).toBe(2);
    expect(server.calls.map((call) => call.numCtx)).toEqual([2048, 2048, 4096, 2048]);
    expect(await (await fetch(`${server.url}/api/ps`)).json()).toMatchObject({ models: [{ context_length: 2048 }] });
  });

  it("cuts a prompt that is one token too long to half of the context, in silence", async () => {
    const server = await fake({ answer: (body) => String(body.messages?.[0]?.content.length) });
    const prompt = "abcd".repeat(100);
    const lines = await linesOf(await post(server, "/api/chat", ask(prompt, { options: { num_ctx: 100 } })));
    expect(server.calls[0]?.tokensCut).toBe(48);
    expect(textOf(lines)).toBe("208");
  });

  it("refuses a prompt that is too long when neither cutting nor shifting is allowed", async () => {
    const server = await fake();
    const refused = { truncate: false, shift: false, options: { num_ctx: 100 } };
    const response = await post(server, "/api/chat", ask("abcd".repeat(100), refused));
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: string };
    expect(JSON.parse(error)).toMatchObject({ error: { type: "exceed_context_size_error", n_prompt_tokens: 100 } });
  });

  it("ends an answer with `length` where the context is full", async () => {
    const server = await fake({ answer: () => "abcd".repeat(50) });
    const lines = await linesOf(
      await post(server, "/api/chat", ask("abcd".repeat(80), { shift: false, options: { num_ctx: 100 } })),
    );
    expect(lines.at(-1)).toMatchObject({ done_reason: "length", eval_count: 20 });
  });

  it("thinks unless it is told not to, when the model can think", async () => {
    const server = await fake({ models: [{ name: "llama3.2", capabilities: ["completion", "thinking"] }] });
    const thinks = async (more: object): Promise<boolean> =>
      (await linesOf(await post(server, "/api/chat", ask("Hi", more)))).some((line) => line.message.thinking);
    expect([await thinks({}), await thinks({ think: false })]).toEqual([true, false]);
  });

  it("meets the faults of a list in order, then answers", async () => {
    const server = await fake({ faults: ["queue_full", undefined, "runner_died"] });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await post(server, "/api/chat", ask("Hi"))).status);
    expect(statuses).toEqual([503, 200, 500, 200]);
    expect(server.calls.length).toBe(4);
  });

  it("says the error in the stream, with status 200, when the model breaks half way", async () => {
    const server = await fake({ faults: ["error_mid_stream"] });
    const response = await post(server, "/api/chat", ask("Hi"));
    const lines = await linesOf(response);
    expect(response.status).toBe(200);
    expect(lines.at(-1)?.error).toBe("an error was encountered while running the model: unexpected EOF");
  });

  it("says `done: false` in one piece, and nothing of the sort in a stream, when the end is missing", async () => {
    const server = await fake({ faults: ["end_without_done", "end_without_done"] });
    const whole = await (await post(server, "/api/chat", ask("Hi", { stream: false }))).json();
    const lines = await linesOf(await post(server, "/api/chat", ask("Hi")));
    expect(whole).toMatchObject({ done: false });
    expect(lines.every((line) => !line.done)).toBe(true);
  });

  it("counts how many calls are under way at once", async () => {
    const server = await fake({ faults: ["hang", "hang", "hang"] });
    const control = new AbortController();
    const [method, body, { signal }] = ["POST", JSON.stringify(ask("Hi")), control];
    const calls = [1, 2, 3].map(() => fetch(`${server.url}/api/chat`, { method, body, signal }));
    await until(() => server.inFlight === 3);
    control.abort();
    await Promise.allSettled(calls);
    await until(() => server.inFlight === 0);
    expect(server.maxInFlight).toBe(3);
  });

  it("sees a client that hangs up", async () => {
    const server = await fake({ faults: ["hang"] });
    const req = request(`${server.url}/api/chat`, { method: "POST" }).on("error", () => {});
    req.end(JSON.stringify(ask("Hi")));
    await until(() => server.inFlight === 1);
    req.destroy();
    await until(() => server.calls[0]?.outcome === "broken_off");
  });

  it("can go down and come back on the same port", async () => {
    const server = await fake({ faults: [{ does: "outage", outageMs: 50 }] });
    await expect(post(server, "/api/chat", ask("Hi"))).rejects.toThrow("fetch failed");
    await expect(fetch(server.url)).rejects.toThrow("fetch failed");
    await until(async () => (await fetch(server.url).catch(() => undefined))?.status === 200);
  });
});

describe("randomFaults", () => {
  const fates = (seed: number, rate: number): readonly unknown[] => {
    const plan = randomFaults({ seed, rate });
    return Array.from({ length: 2000 }, (_, i) => (typeof plan === "function" ? plan(i + 1, {}) : undefined));
  };

  it("gives each call the same fate in every run with the same seed, and another with another", () => {
    expect(fates(7, 0.2)).toEqual(fates(7, 0.2));
    expect(fates(7, 0.2)).not.toEqual(fates(8, 0.2));
  });

  it.each([0, 0.2, 1])("lets about %f of the calls fail, with every kind of fault", (rate) => {
    const faults = fates(3, rate).filter((fate) => fate !== undefined);
    expect(faults.length / 2000).toBeGreaterThanOrEqual(rate - 0.03);
    expect(faults.length / 2000).toBeLessThanOrEqual(rate + 0.03);
    expect(new Set(faults).size).toBe(rate === 0 ? 0 : 6);
  });

  it("refuses a rate outside of 0 to 1", () => {
    expect(() => randomFaults({ rate: 20 })).toThrow("Expected `rate` to be from 0 to 1, got 20");
  });
});
