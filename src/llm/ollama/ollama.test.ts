import * as fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { until } from "../../../test/until.ts";

import { StepError } from "../../core/failure/index.ts";
import { startFakeOllama, type FakeOllama, type FakeOllamaOptions } from "../../entries/testing.ts";
import { createOllama, type OllamaOptions } from "./index.ts";
import { runs } from "../../../test/runs.ts";

async function fake(options: FakeOllamaOptions = {}): Promise<FakeOllama> {
  const server = await startFakeOllama(options);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

const ollama = (server: FakeOllama, options: Partial<OllamaOptions> = {}) =>
  createOllama({ model: "llama3.2", baseUrl: server.url, ...options });

describe("createOllama", () => {
  it("gives the answer whole, with the tokens it took", async () => {
    const server = await fake({ answer: () => "猫が好き。".repeat(8), tokensPerChunk: 1 });
    const answer = await ollama(server).generate({ prompt: "12345678" });
    expect(answer).toEqual({ text: "猫が好き。".repeat(8), usage: { inputTokens: 2, outputTokens: 10 } });
  });

  it("gives the same answer wherever the network cuts it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 90 }), async (bytesPerWrite) => {
        await using server = await startFakeOllama({ answer: () => "猫 and 👩‍💻\n", bytesPerWrite });
        expect((await ollama(server).generate({ prompt: "Hi" })).text).toBe("猫 and 👩‍💻\n");
      }),
      { numRuns: runs(20) },
    );
  });

  it.each<unknown>([-1, 12.5, 1e300, "7", {}, null])(
    "takes a count of %j for unknown, and the answer as it is",
    async (count) => {
      const body = {
        message: { content: "Kelp." },
        done: true,
        done_reason: "stop",
        prompt_eval_count: count,
        eval_count: 7,
      };
      const server = await fake({ faults: [{ does: "respond", status: 200, body }] });
      expect(await ollama(server).generate({ prompt: "Hi" })).toEqual({ text: "Kelp.", usage: { outputTokens: 7 } });
    },
  );

  it("leaves a count out that the server left out, or that it says is 0", async () => {
    const done = { message: { content: "Hello" }, done: true, done_reason: "stop", prompt_eval_count: 0 };
    const zero = { does: "respond", status: 200, body: done } as const;
    const server = await fake({ faults: ["omit_prompt_count", zero], answer: () => "Hello" });
    const model = ollama(server);
    expect((await model.generate({ prompt: "Hi" })).usage).toStrictEqual({ outputTokens: 2 });
    expect((await model.generate({ prompt: "Hi" })).usage).toStrictEqual({});
  });

  it("refuses to be cut or shifted, and asks for one context in every call and in the warm-up", async () => {
    const server = await fake();
    const model = ollama(server, { temperature: 0.2, keepAlive: "30m" });
    await model.check();
    await model.generate({ prompt: "Hi", system: "Be short.", maxOutputTokens: 500 });
    await model.generate({ prompt: "Hi again" });

    expect(server.calls[0]?.body).toEqual({
      model: "llama3.2",
      messages: [
        { role: "system", content: "Be short." },
        { role: "user", content: "Hi" },
      ],
      stream: true,
      truncate: false,
      shift: false,
      keep_alive: "30m",
      options: { num_ctx: 8192, temperature: 0.2, num_predict: 500 },
    });
    expect(server.loads).toEqual([
      {
        model: "llama3.2",
        messages: [],
        stream: false,
        truncate: false,
        shift: false,
        options: { num_ctx: 8192, temperature: 0.2 },
      },
    ]);
    expect(server.reloads).toBe(0);
  });

  it.each([
    [undefined, 131_072, 8192],
    [undefined, 2048, 2048],
    [32_768, 131_072, 32_768],
    [32_768, 16_384, 16_384],
  ])("asked for %s of %i tokens of context uses %i", async (numCtx, contextLength, used) => {
    const server = await fake({ models: [{ name: "llama3.2", contextLength }] });
    await ollama(server, numCtx === undefined ? {} : { numCtx }).generate({ prompt: "Hi" });
    expect(server.calls[0]?.numCtx).toBe(used);
  });

  it("tells a prompt that does not fit from any other failure, and loses none of it", async () => {
    const server = await fake();
    const model = ollama(server, { numCtx: 100 });
    await expect(model.generate({ prompt: "word".repeat(100) })).rejects.toMatchObject({ kind: "input_too_long" });
    await model.generate({ prompt: "word".repeat(40) }).catch(() => undefined);
    expect(server.calls.map((call) => call.tokensCut)).toEqual([0, 0]);
  });

  it.each([
    [["completion"], undefined, undefined],
    [["completion"], true, undefined],
    [["completion", "thinking"], undefined, false],
    [["completion", "thinking"], true, true],
    [["completion", "thinking"], "high", "high"],
  ] as const)("with the capabilities %j and think %s sends think %s", async (capabilities, think, sent) => {
    const server = await fake({ models: [{ name: "llama3.2", capabilities }] });
    await ollama(server, think === undefined ? {} : { think }).generate({ prompt: "Hi" });
    expect(server.calls[0]?.body.think).toBe(sent);
  });

  it("asks gpt-oss, which cannot be told not to, to think little", async () => {
    const server = await fake({ models: [{ name: "gpt-oss:20b", capabilities: ["completion", "thinking"] }] });
    await ollama(server, { model: "gpt-oss:20b" }).generate({ prompt: "Hi" });
    expect(server.calls[0]?.body.think).toBe("low");
  });

  it("keeps thoughts out of the answer", async () => {
    const server = await fake({
      models: [{ name: "llama3.2", capabilities: ["completion", "thinking"] }],
      answer: () => "Hello",
    });
    expect((await ollama(server, { think: true }).generate({ prompt: "Hi" })).text).toBe("Hello");
  });

  it("never calls again by itself", async () => {
    const server = await fake({ faults: ["queue_full"] });
    await expect(ollama(server).generate({ prompt: "Hi" })).rejects.toThrow(StepError);
    expect(server.calls.length).toBe(1);
  });

  it("asks about the model once, however many calls follow", async () => {
    const server = await fake();
    const model = ollama(server);
    for (let i = 0; i < 3; i += 1) await model.generate({ prompt: "Hi" });
    expect(server.countsByPath).toEqual({ "/api/tags": 1, "/api/show": 1, "/api/chat": 3 });
  });

  it("waits for a model that takes long to load", async () => {
    const server = await fake({ faults: [{ does: "load_slowly", loadMs: 500 }], answer: () => "Hello" });
    const model = ollama(server, { timeouts: { connectMs: 300, idleMs: 300 } });
    expect((await model.generate({ prompt: "Hi" })).text).toBe("Hello");
  });

  it.each([
    [{ model: " " }, "Expected `model` to be the name of a model, got an empty string"],
    [{ numCtx: 0 }, "Expected `numCtx` to be a whole number above 0, got 0"],
    [{ numCtx: 1.5 }, "Expected `numCtx` to be a whole number above 0, got 1.5"],
    [{ timeouts: { idleMs: -1 } }, "Expected `timeouts.idleMs` to be above 0, got -1"],
  ])("refuses %j at once", (options, message) => {
    expect(() => createOllama({ model: "llama3.2", ...options })).toThrow(message);
  });
});

describe("the signal of a call", () => {
  const stopped = new Error("stopped by the user");

  it.each(["hang", "stall_mid_stream"] as const)(
    "breaks a call that is stuck in %s at once, with the signal's own reason, and the server sees it",
    async (fault) => {
      const server = await fake({ faults: [fault] });
      const controller = new AbortController();
      const call = ollama(server).generate({ prompt: "Hi", signal: controller.signal });
      const settled = expect(call).rejects.toBe(stopped);
      await until(() => server.inFlight === 1);

      const startMs = performance.now();
      controller.abort(stopped);
      await settled;
      expect(performance.now() - startMs).toBeLessThan(1000);
      await until(() => server.calls[0]?.outcome === "broken_off");
    },
  );

  it("stops a call before it is made when it has aborted already", async () => {
    const server = await fake();
    await expect(ollama(server).generate({ prompt: "Hi", signal: AbortSignal.abort(stopped) })).rejects.toBe(stopped);
    expect(server.countsByPath).toEqual({});
  });

  it("may abort with anything, even with nothing that is an error", async () => {
    const server = await fake({ faults: ["hang"] });
    const controller = new AbortController();
    const call = ollama(server).generate({ prompt: "Hi", signal: controller.signal });
    const settled = expect(call).rejects.toBe("enough");
    await until(() => server.inFlight === 1);
    controller.abort("enough");
    await settled;
  });

  it("has no listener left when the call is over", async () => {
    const server = await fake();
    const controller = new AbortController();
    const listening = new Set<unknown>();
    const { signal } = controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (type: string, listener: never) => (listening.add(listener), add(type, listener));
    signal.removeEventListener = (type: string, listener: never) => (
      listening.delete(listener),
      remove(type, listener)
    );
    await ollama(server).generate({ prompt: "Hi", signal });
    await until(() => listening.size === 0);
  });
});

describe("fingerprint", () => {
  it("knows the model's digest and everything else that changes answers, once the model has been asked about", async () => {
    const server = await fake();
    const model = ollama(server, { temperature: 0.5 });
    expect(model.fingerprint).toBe("ollama:llama3.2 digest=unknown num_ctx=8192 temperature=0.5 think=none");
    await model.check();
    expect(model.fingerprint).toMatch(
      /^ollama:llama3\.2 digest=[0-9a-f]{64} num_ctx=8192 temperature=0\.5 think=none$/,
    );
  });

  it.each([{ numCtx: 4096 }, { temperature: 0.1 }, { think: true }, { model: "llama3.2:3b" }])(
    "differs with %j",
    async (options) => {
      const capabilities = ["completion", "thinking"];
      const server = await fake({ models: ["llama3.2", "llama3.2:3b"].map((name) => ({ name, capabilities })) });
      const models = [ollama(server), ollama(server, options)];
      await Promise.all(models.map((model) => model.check()));
      expect(models[0]?.fingerprint).not.toBe(models[1]?.fingerprint);
    },
  );

  it("names the model as the user did", async () => {
    const server = await fake();
    expect(ollama(server)).toMatchObject({ id: "ollama:llama3.2", lane: "ollama" });
  });
});
