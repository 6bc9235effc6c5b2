import { describe, expect, it } from "vitest";
import { startFakeOpenAI, type FakeOpenAIOptions, type OpenAIFaultName } from "../../entries/testing.ts";

const GOOD = { model: "m", messages: [{ role: "user", content: "What is kelp?" }] };

async function post(body: unknown, options: FakeOpenAIOptions = {}) {
  await using server = await startFakeOpenAI(options);
  const answer = await fetch(`${server.url}/chat/completions`, { method: "POST", body: JSON.stringify(body) });
  return { status: answer.status, body: await answer.json(), books: server.books };
}

describe("the fake of OpenAI's API", () => {
  it.each<readonly [what: string, body: object, code: string, param: string]>([
    ["no model", { messages: GOOD.messages }, "missing_required_parameter", "model"],
    ["no messages", { model: "m" }, "missing_required_parameter", "messages"],
    ["an empty list of messages", { model: "m", messages: [] }, "empty_array", "messages"],
    ["no tokens for the answer", { ...GOOD, max_tokens: 0 }, "integer_below_min_value", "max_tokens"],
    ["fewer than none", { ...GOOD, max_completion_tokens: -1 }, "integer_below_min_value", "max_completion_tokens"],
    ["both caps", { ...GOOD, max_tokens: 5, max_completion_tokens: 5 }, "invalid_parameter_combination", "max_tokens"],
    ["a temperature above 2", { ...GOOD, temperature: 3 }, "decimal_above_max_value", "temperature"],
  ])("refuses %s, and bills nothing for it", async (_, body, code, param) => {
    const refused = await post(body);
    expect(refused).toMatchObject({ status: 400, body: { error: { type: "invalid_request_error", code, param } } });
    expect(refused.books.calls).toBe(0);
  });

  it.each<OpenAIFaultName>(["reset_mid_stream", "end_early", "error_mid_stream", "garble_mid_stream", "empty_reasons"])(
    "breaks the connection within an answer in one piece for %s, which is billed",
    async (fault) => {
      await using server = await startFakeOpenAI({ faults: [fault] });
      const answer = await fetch(`${server.url}/chat/completions`, { method: "POST", body: JSON.stringify(GOOD) });
      await expect(answer.text()).rejects.toThrow();
      expect(server.books.calls).toBe(1);
    },
  );

  it("tells no client when it closes a connection that lies idle", async () => {
    await using server = await startFakeOpenAI({ closesIdleAfterMs: 50 });
    const answer = await fetch(`${server.url}/chat/completions`, { method: "POST", body: JSON.stringify(GOOD) });
    await answer.text();
    expect(answer.headers.get("keep-alive")).toBeNull();
  });
});
