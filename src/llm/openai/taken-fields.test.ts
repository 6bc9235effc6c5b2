import { describe, expect, it } from "vitest";
import { LearntRoom, roomInContext } from "../faults/index.ts";
import { takenAtFirst, withoutRefused, type TakenFields } from "./taken-fields.ts";

const first = takenAtFirst({ isOpenAI: false });

describe("a refusal of a field", () => {
  it.each<readonly [string, number, string, string, Partial<TakenFields>]>([
    [
      "OpenAI, an organisation that is not verified",
      400,
      "stream",
      "Your organization must be verified to stream this model. Please go to: https://platform.openai.com/settings/organization/general and click on Verify Organization.",
      { stream: false, streamOptions: false },
    ],
    [
      "Mistral",
      422,
      "",
      '{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]}',
      { streamOptions: false },
    ],
    ["Azure", 400, "", "Unrecognized request argument supplied: stream_options", { streamOptions: false }],
    [
      "OpenAI, a reasoning model",
      400,
      "max_tokens",
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      { cap: "max_completion_tokens", refusedOtherCap: true },
    ],
    [
      "OpenAI, a temperature",
      400,
      "temperature",
      "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
      { temperature: false },
    ],
    ["DeepSeek, a schema", 400, "", "This response_format type is unavailable now", { responseFormat: false }],
    [
      "OpenAI, a schema",
      400,
      "response_format",
      "Invalid schema for response_format 'answer': In context=(), 'additionalProperties' is required to be supplied and to be false.",
      { responseFormat: false },
    ],
    [
      "OpenAI, a cap",
      400,
      "max_tokens",
      "max_tokens is too large: 8192. This model supports at most 4096 completion tokens, whereas you provided 8192.",
      { mostOutputTokens: 4096 },
    ],
    [
      "Anthropic, a cap",
      400,
      "",
      "max_tokens: 8192 > 4096, which is the maximum allowed number of output tokens for claude-3-haiku-20240307",
      { mostOutputTokens: 4096 },
    ],
    [
      "DeepSeek, a cap",
      400,
      "",
      "Invalid max_tokens value, the valid range of max_tokens is [1, 8000]",
      { mostOutputTokens: 8000 },
    ],
    [
      "Groq, a cap",
      400,
      "max_tokens",
      "`max_tokens` must be less than or equal to `1024`, the maximum value for `max_tokens` is less than the `context_window` for this model",
      { mostOutputTokens: 1024 },
    ],
  ])("by %s is heeded", (_, status, param, text, change) => {
    expect(withoutRefused(first, { status, param, text })).toEqual({ ...first, ...change });
  });

  it("by a server of the time before the new name gets the old one", () => {
    const openai = takenAtFirst({ isOpenAI: true });
    const text = "Unrecognized request argument supplied: max_completion_tokens";
    const taken = withoutRefused(openai, { status: 400, param: "", text });
    expect(taken).toMatchObject({ cap: "max_tokens" });
    // And not back again.
    const other = "Unsupported parameter: 'max_tokens' is not supported with this model.";
    expect(taken && withoutRefused(taken, { status: 400, param: "max_tokens", text: other })).toBeUndefined();
  });

  it.each([
    [400, "", "prompt is too long: 210000 tokens > 200000 maximum"],
    [400, "messages", "Invalid value for 'content': expected a string."],
    [401, "stream", "Your organization must be verified to stream this model."],
    [429, "", "Rate limit reached: max_tokens too large for the minute, at most 4096"],
    [400, "", "The stream of thought in this prompt was flagged."],
    [400, "max_tokens", "max_tokens is too large: 8192. This model supports at most 9000 completion tokens"],
  ])("is not what HTTP %i %j %j is", (status, param, text) => {
    const taken = { ...first, mostOutputTokens: 9000 };
    expect(withoutRefused(taken, { status, param, text })).toBeUndefined();
  });

  it("says nothing new the second time", () => {
    const refusal = { status: 400, param: "", text: "Unrecognized request argument supplied: stream_options" };
    const taken = withoutRefused(first, refusal);
    expect(taken && withoutRefused(taken, refusal)).toBeUndefined();
  });
});

describe("the room that a prompt leaves", () => {
  it.each([
    [
      "vLLM",
      "This model's maximum context length is 4096 tokens. However, you requested 9192 tokens (1000 in the messages, 8192 in the completion). Please reduce the length of the messages or completion.",
      3096,
    ],
    [
      "vLLM, later",
      "'max_tokens' or 'max_completion_tokens' is too large: 8192. This model's maximum context length is 4096 tokens and your request has 1000 input tokens (8192 > 4096 - 1000).",
      3096,
    ],
    [
      "OpenRouter",
      "This endpoint's maximum context length is 8192 tokens. However, you requested about 9000 tokens (808 of text input, 8192 in the output). Please reduce the length of either one.",
      7384,
    ],
    [
      "TGI",
      "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193. Given: 500 `inputs` tokens and 8192 `max_new_tokens`",
      7693,
    ],
    [
      "Anthropic",
      "input length and `max_tokens` exceed context limit: 190000 + 8192 > 198000, decrease input length or `max_tokens` and try again",
      8000,
    ],
    [
      "a prompt that is too long by itself",
      "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4992 in the messages, 8 in the completion).",
      undefined,
    ],
    [
      "no numbers of both",
      "This model's maximum context length is 4096 tokens. However, your messages resulted in 5000 tokens.",
      undefined,
    ],
  ])("is told by %s", (_, text, room) => {
    const told = roomInContext(text, 8192);
    expect(told && told.context - told.input).toBe(room);
  });
});

describe("the room that is learnt", () => {
  it("is not known at first, exact for the prompt that was counted, and a little less for others", () => {
    const learnt = new LearntRoom();
    expect(learnt.of(4000)).toBe(Infinity);
    learnt.learn({ context: 4096, input: 1000 }, 4000);
    expect([learnt.of(4000), learnt.of(2000), learnt.of(8000), learnt.of(100_000)]).toEqual([3096, 3546, 1896, 64]);
  });
});
