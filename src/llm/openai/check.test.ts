import { describe, expect, it } from "vitest";
import { OPENAI_FAULTS, startFakeOpenAI } from "../../entries/testing.ts";
import { createOpenAI } from "./index.ts";

describe("the check of an OpenAI-compatible model", () => {
  it("tells the context that the server tells, and makes no call that costs anything", async () => {
    await using fake = await startFakeOpenAI({ models: [{ id: "m", contextTokens: 32_768 }] });
    const model = createOpenAI({ model: "m", baseUrl: fake.url });
    expect(await model.check()).toEqual({ contextTokens: 32_768, notes: ["m: 32,768 tokens of context"] });
    expect([fake.lookUps, fake.calls.length]).toEqual([1, 0]);
  });

  it("uses less of the context where that is wanted", async () => {
    await using fake = await startFakeOpenAI({ models: [{ id: "m", contextTokens: 32_768 }] });
    const info = await createOpenAI({ model: "m", baseUrl: fake.url, contextTokens: 8192 }).check();
    expect(info).toEqual({ contextTokens: 8192, notes: ["m: 32,768 tokens of context, 8,192 used"] });
  });

  it("says that the context is unknown where the server does not tell", async () => {
    await using fake = await startFakeOpenAI();
    expect(await createOpenAI({ model: "m", baseUrl: fake.url }).check()).toEqual({
      notes: ["m: context length unknown (the server does not report it; set it yourself)"],
    });
  });

  it("asks whether a near name was meant when the model is not there", async () => {
    await using fake = await startFakeOpenAI({ models: [{ id: "gpt-x-mini" }, { id: "gpt-x" }] });
    await expect(createOpenAI({ model: "gpt-x-mimi", baseUrl: fake.url }).check()).rejects.toMatchObject({
      code: "model_unusable",
      message: expect.stringContaining('Did you mean "gpt-x-mini"'),
      hint: "Available: gpt-x-mini, gpt-x.",
    });
  });

  it("names the variable that holds the key when the key is refused", async () => {
    await using fake = await startFakeOpenAI({ apiKey: "sk-right" });
    await expect(createOpenAI({ model: "m", baseUrl: fake.url }).check()).rejects.toMatchObject({
      code: "model_unusable",
      hint: expect.stringContaining("OPENAI_API_KEY"),
    });
  });

  it("lets a fault pass that a run can get over", async () => {
    await using fake = await startFakeOpenAI({ modelsFault: OPENAI_FAULTS.overloaded });
    expect((await createOpenAI({ model: "m", baseUrl: fake.url }).check()).notes).toEqual([
      expect.stringContaining("could not be looked up in advance, which may be temporary"),
    ]);
  });

  it.each([
    ["nobody listens", "http://127.0.0.1:9/v1"],
    ["the address is another server's", undefined],
  ])("refuses when %s", async (_, address) => {
    await using fake = await startFakeOpenAI({ modelsFault: { does: "respond", status: 404, body: "not found" } });
    await expect(createOpenAI({ model: "m", baseUrl: address ?? fake.url }).check()).rejects.toMatchObject({
      code: "model_unusable",
      hint: { kind: "start_openai_server" },
    });
  });
});
