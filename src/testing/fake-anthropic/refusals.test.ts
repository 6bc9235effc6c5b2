import { describe, expect, test } from "vitest";
import { startFakeAnthropic, type FakeAnthropicModel } from "./index.ts";

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const GOOD = {
  model: "claude-haiku-4-5",
  max_tokens: 2000,
  messages: [{ role: "user", content: "What is kelp?" }],
};
const withImage = (source: object): object => ({
  ...GOOD,
  messages: [{ role: "user", content: [{ type: "image", source }] }],
});
const withSchema = (schema: object): object => ({
  ...GOOD,
  output_config: { format: { type: "json_schema", schema } },
});
const { max_tokens: _, ...withoutMaxTokens } = GOOD;

const ask = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/messages`, {
    method: "POST",
    headers: { "x-api-key": "k", "anthropic-version": "2023-06-01", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

/** What is sent, and what is said to it: nothing where it is taken. */
const FORMS: readonly (readonly [
  fact: string,
  body: unknown,
  says: string | undefined,
  model?: Partial<FakeAnthropicModel>,
])[] = [
  ["a plain request is taken", GOOD, undefined],
  ["max_tokens is required", withoutMaxTokens, "max_tokens: Field required"],
  ["max_tokens is a number", { ...GOOD, max_tokens: "many" }, "max_tokens: Input should be a valid integer"],
  ["max_tokens is at least 1", { ...GOOD, max_tokens: 0 }, "max_tokens: Input should be greater than or equal to 1"],
  [
    "max_tokens is at most the model's",
    { ...GOOD, max_tokens: 64_001 },
    "max_tokens: 64001 > 64000, which is the maximum allowed number of output tokens for claude-haiku-4-5",
  ],
  [
    "fields of other APIs are unknown",
    { ...GOOD, response_format: {} },
    "response_format: Extra inputs are not permitted",
  ],
  [
    "fields of a beta are unknown without it",
    { ...GOOD, mcp_servers: [] },
    "mcp_servers: Extra inputs are not permitted",
  ],
  [
    "a system message is no message",
    { ...GOOD, messages: [{ role: "system", content: "Be short." }] },
    'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.',
  ],
  [
    "there are two roles",
    { ...GOOD, messages: [{ role: "tool", content: "4" }] },
    "messages.0.role: Input should be 'user' or 'assistant'",
  ],
  ["there is a message", { ...GOOD, messages: [] }, "messages: at least one message is required"],
  [
    "a text is not empty",
    { ...GOOD, messages: [{ role: "user", content: [{ type: "text", text: " " }] }] },
    "messages: text content blocks must be non-empty",
  ],
  [
    "a block has a type that is known",
    { ...GOOD, messages: [{ role: "user", content: [{ type: "image_url", image_url: "x" }] }] },
    "messages.0.content.0: Input tag 'image_url' found using 'type' does not match any of the expected tags",
  ],
  [
    "the user has the last word",
    { ...GOOD, messages: [...GOOD.messages, { role: "assistant", content: "Kelp is" }] },
    "This model does not support assistant message prefill. The conversation must end with a user message.",
  ],
  [
    "older models go on from the assistant's words",
    { ...GOOD, messages: [...GOOD.messages, { role: "assistant", content: "Kelp is" }] },
    undefined,
    { takesPrefill: true },
  ],
  [
    "but not from a space",
    { ...GOOD, messages: [...GOOD.messages, { role: "assistant", content: "Kelp is " }] },
    "messages: final assistant content cannot end with trailing whitespace",
    { takesPrefill: true },
  ],
  ["temperature is at most 1", { ...GOOD, temperature: 1.2 }, "temperature: Input should be less than or equal to 1"],
  [
    "temperature and top_p exclude each other",
    { ...GOOD, temperature: 0, top_p: 0.9 },
    "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
  ],
  [
    "a budget of thinking has a least",
    { ...GOOD, thinking: { type: "enabled", budget_tokens: 512 } },
    "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
  ],
  [
    "a budget of thinking is below max_tokens",
    { ...GOOD, thinking: { type: "enabled", budget_tokens: 2000 } },
    "`max_tokens` must be greater than `thinking.budget_tokens`.",
  ],
  [
    "who thinks has no temperature",
    { ...GOOD, temperature: 0, thinking: { type: "enabled", budget_tokens: 1024 } },
    "`temperature` may only be set to 1 when thinking is enabled.",
  ],
  [
    "a prompt fits",
    { ...GOOD, messages: [{ role: "user", content: "kelp".repeat(1000) }] },
    "prompt is too long: 1000 tokens > 1000 maximum",
    { contextTokens: 1000 },
  ],
  [
    "older models want room for max_tokens too",
    GOOD,
    "input length and `max_tokens` exceed context limit: 4 + 2000 > 1000, decrease input length or `max_tokens` and try again",
    { contextTokens: 1000, refusesOverlap: true },
  ],
  [
    "a schema closes its objects",
    withSchema({ type: "object", properties: {} }),
    "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
  ],
  [
    "a schema bounds no numbers",
    withSchema({ type: "array", items: { type: "number", minimum: 0, maximum: 9 } }),
    "output_config.format.schema: For 'number' type, properties maximum, minimum are not supported",
  ],
  [
    "a schema bounds no lists",
    withSchema({ type: "array", items: { type: "string" }, minItems: 2 }),
    "output_config.format.schema: For 'array' type, 'minItems' values other than 0 and 1 are not supported",
  ],
  ["an image is taken", withImage({ type: "base64", media_type: "image/png", data: PNG }), undefined],
  ["an image by address is taken", withImage({ type: "url", url: "https://a.test/kelp.png" }), undefined],
  [
    "an image is of four kinds",
    withImage({ type: "base64", media_type: "image/bmp", data: PNG }),
    "messages.0.content.0.source.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'",
  ],
  [
    "an image is what it says",
    withImage({ type: "base64", media_type: "image/jpeg", data: PNG }),
    "messages.0.content.0.image.source.base64: Image does not match the provided media type image/jpeg",
  ],
  [
    "an image is one",
    withImage({ type: "base64", media_type: "image/png", data: "a2VscA==" }),
    "Could not process image",
  ],
  [
    "an image is in base64",
    withImage({ type: "base64", media_type: "image/png", data: "data:image/png;base64,x" }),
    "messages.0.content.0.image.source.base64: invalid base64 data",
  ],
  ["a body is JSON", "kelp", "The request body is not valid JSON: unexpected character: line 1 column 1 (char 0)"],
];

describe("a request to Anthropic's API", () => {
  test.each(FORMS.map((row) => [row[0], row] as const))("%s", async (_fact, [, body, says, model]) => {
    await using server = await startFakeAnthropic({ models: [{ id: "claude-haiku-4-5", ...model }] });
    const response = await ask(server.url, body);
    const said = await response.json();
    expect(said).toMatchObject(
      says === undefined
        ? { type: "message" }
        : { type: "error", error: { type: "invalid_request_error", message: says }, request_id: "req_fake1" },
    );
    expect(response.status).toBe(says === undefined ? 200 : 400);
    expect(server.books.calls).toBe(says === undefined ? 1 : 0);
  });

  test.each([
    ["no key", { "x-api-key": "" }, 401, "x-api-key header is required"],
    ["another key", { "x-api-key": "kk" }, 401, "invalid x-api-key"],
    ["no version", { "anthropic-version": "" }, 400, 'anthropic-version: "" is not a valid version'],
  ])("%s is refused", async (_fact, headers, status, message) => {
    await using server = await startFakeAnthropic({ apiKey: "k" });
    const response = await ask(server.url, GOOD, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { message } });
  });

  test("fields of a beta are taken with it", async () => {
    await using server = await startFakeAnthropic();
    const response = await ask(server.url, { ...GOOD, mcp_servers: [] }, { "anthropic-beta": "mcp-client-2025-04-04" });
    expect(response.status).toBe(200);
  });

  test("limits of the account are kept, and told", async () => {
    await using server = await startFakeAnthropic({ limits: { requestsPerMinute: 2 } });
    const answers = [await ask(server.url, GOOD), await ask(server.url, GOOD), await ask(server.url, GOOD)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    const [first, , last] = answers;
    expect(first?.headers.get("anthropic-ratelimit-requests-remaining")).toBe("1");
    expect(Number(last?.headers.get("retry-after"))).toBeGreaterThan(20);
    expect(await last?.json()).toMatchObject({
      error: { message: expect.stringContaining("of 2 requests per minute") },
    });
  });
});
