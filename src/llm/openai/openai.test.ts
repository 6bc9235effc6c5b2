import { describe, expect, it } from "vitest";
import { startFakeOpenAI, type FakeOpenAIOptions } from "../../entries/testing.ts";
import { createOpenAI, type OpenAIOptions } from "./index.ts";

/** A model of a fake server that lives as long as the test. */
async function serve(server: FakeOpenAIOptions = {}, options: Partial<OpenAIOptions> = {}) {
  const fake = await startFakeOpenAI(server);
  const model = createOpenAI({ model: "m", baseUrl: fake.url, ...options });
  return { fake, model, [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose]() };
}

describe("an OpenAI-compatible model", () => {
  it.each([
    ["whole events", {}],
    ["writes of three bytes", { bytesPerWrite: 3 }],
    ["one piece, from a server that cannot stream", { neverStreams: true }],
  ])("reads an answer and its usage from %s", async (_, how) => {
    await using served = await serve({ answer: () => "Kelp 猫 grips.", ...how });
    const answer = await served.model.generate({ system: "Be brief.", prompt: "What is kelp?" });
    expect(answer).toEqual({ text: "Kelp 猫 grips.", usage: { inputTokens: 6, outputTokens: 4 } });
    expect(served.fake.calls.map(({ body }) => body)).toEqual([
      {
        model: "m",
        messages: [
          { role: "system", content: "Be brief." },
          { role: "user", content: "What is kelp?" },
        ],
        stream: true,
        stream_options: { include_usage: true },
        max_tokens: 8192,
      },
    ]);
  });

  it("sends what the request sets, the key, and the idempotency key in letters that a header can hold", async () => {
    await using served = await serve({ apiKey: "sk-test" }, { apiKey: "sk-test", temperature: 0.5 });
    const schema = { type: "object" };
    await served.model.generate({
      prompt: "?",
      maxOutputTokens: 900,
      responseSchema: schema,
      idempotencyKey: "s/猫/1",
    });
    expect(served.fake.calls[0]?.body).toMatchObject({
      max_tokens: 900,
      temperature: 0.5,
      response_format: { type: "json_schema", json_schema: { name: "answer", schema } },
    });
    expect(served.fake.calls[0]?.headers).toMatchObject({ "idempotency-key": "s/%E7%8C%AB/1".replaceAll("/", "%2F") });
  });

  it("takes missing usage for unknown", async () => {
    await using served = await serve({ faults: ["omit_usage"] });
    expect((await served.model.generate({ prompt: "?" })).usage).toEqual({});
  });

  it.each<unknown>([-1, 12.5, 1e300, "7", {}, [], 0])(
    "takes a count of %j for unknown, and the answer as it is",
    async (count) => {
      const choices = [{ index: 0, message: { role: "assistant", content: "Kelp." }, finish_reason: "stop" }];
      const body = { choices, usage: { prompt_tokens: count, completion_tokens: 7 } };
      await using served = await serve({ faults: [{ does: "respond", status: 200, body }] });
      expect(await served.model.generate({ prompt: "?" })).toEqual({ text: "Kelp.", usage: { outputTokens: 7 } });
    },
  );

  it.each<unknown>([-1, "none", [], true])("takes a usage of %j for none", async (usage) => {
    const choices = [{ index: 0, message: { role: "assistant", content: "Kelp." }, finish_reason: "stop" }];
    await using served = await serve({ faults: [{ does: "respond", status: 200, body: { choices, usage } }] });
    expect(await served.model.generate({ prompt: "?" })).toEqual({ text: "Kelp.", usage: {} });
  });

  it("takes an answer without [DONE] when its reason to end has come", async () => {
    await using served = await serve({ faults: ["finish_without_done"], answer: () => "whole" });
    expect((await served.model.generate({ prompt: "?" })).text).toBe("whole");
  });

  it("stops at once when the signal aborts, with its reason", async () => {
    await using served = await serve({ faults: ["hang"] });
    const control = new AbortController();
    const asked = served.model.generate({ prompt: "?", signal: control.signal });
    setTimeout(() => control.abort(new Error("enough")), 20);
    await expect(asked).rejects.toThrow("enough");
  });

  it("gives up on a server that says nothing for too long", async () => {
    await using served = await serve({ faults: ["hang"] }, { timeouts: { firstByteMs: 50 } });
    await expect(served.model.generate({ prompt: "?" })).rejects.toMatchObject({
      kind: "transient",
      message: `No answer started within 0.05 s (${served.fake.url}).`,
    });
  });

  it("never shows its key, whatever the server repeats", async () => {
    await using served = await serve({ apiKey: "sk-right" }, { apiKey: "sk-wrong-key" });
    const asked = await served.model.generate({ prompt: "?" }).catch((error: unknown) => error);
    const checked = await served.model.check().catch((error: unknown) => error);
    expect(asked).toMatchObject({ kind: "auth", message: expect.stringContaining("Incorrect API key provided: ***") });
    for (const error of [asked, checked]) {
      expect(error).toBeInstanceOf(Error);
      expect(JSON.stringify({ ...(error as Error), text: String(error) })).not.toContain("sk-wrong-key");
    }
    expect(served.model.fingerprint).not.toContain("sk-");
  });

  it.each([
    [{ model: " " }, "Expected `model`"],
    [{ model: "m", contextTokens: 1.5 }, "Expected `contextTokens` to be a whole number above 0, got 1.5"],
    [{ model: "m", maxOutputTokens: 0 }, "Expected `maxOutputTokens` to be a whole number above 0, got 0"],
    [{ model: "m", timeouts: { idleMs: 0 } }, "Expected `timeouts.idleMs` to be above 0, got 0"],
  ])("refuses %j at once", (options, message) => {
    expect(() => createOpenAI(options)).toThrow(message);
  });
});
