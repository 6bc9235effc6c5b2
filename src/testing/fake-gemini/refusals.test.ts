import { describe, expect, test } from "vitest";
import { startFakeGemini, type FakeGeminiModel } from "./index.ts";

const ID = "gemini-2.5-flash";
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const GOOD = { contents: [{ role: "user", parts: [{ text: "What is kelp?" }] }] };
const withConfig = (generationConfig: object): object => ({ ...GOOD, generationConfig });
const withPart = (part: object): object => ({ contents: [{ parts: [part] }] });

const ask = (url: string, body: unknown, path = `models/${ID}:generateContent?key=k`): Promise<Response> =>
  fetch(`${url}/${path}`, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) });

/** What is sent, and what is said to it: nothing where it is taken. */
const FORMS: readonly (readonly [
  fact: string,
  body: unknown,
  says: string | undefined,
  model?: Partial<FakeGeminiModel>,
])[] = [
  ["a plain request is taken", GOOD, undefined],
  ["names may be in snake case", { ...GOOD, generation_config: { max_output_tokens: 20 } }, undefined],
  ["there are contents", {}, "* GenerateContentRequest.contents: contents is not specified\n"],
  [
    "fields of other APIs are unknown",
    { ...GOOD, model_name: "kelp" },
    'Invalid JSON payload received. Unknown name "model_name": Cannot find field.',
  ],
  [
    "a field has its place",
    withConfig({ max_tokens: 20 }),
    "Invalid JSON payload received. Unknown name \"max_tokens\" at 'generation_config': Cannot find field.",
  ],
  [
    "maxOutputTokens is a number",
    withConfig({ maxOutputTokens: "many" }),
    "Invalid value at 'generation_config.max_output_tokens' (TYPE_INT32), \"many\"",
  ],
  [
    "maxOutputTokens is at most the model's",
    withConfig({ maxOutputTokens: 65_537 }),
    "Unable to submit request because it has a maxOutputTokens value of 65537 but the supported range is from 1 (inclusive) to 65537 (exclusive). Update the value and try again.",
  ],
  [
    "there are two roles",
    { contents: [{ role: "assistant", parts: [{ text: "Kelp." }] }] },
    "Please use a valid role: user, model.",
  ],
  [
    "a content has parts",
    { contents: [{ role: "user", parts: [] }] },
    "* GenerateContentRequest.contents[0].parts: contents.parts must not be empty.\n",
  ],
  [
    "a part has data",
    withPart({ thought: true }),
    "* GenerateContentRequest.contents[0].parts[0].data: required oneof field 'data' must have one initialized field\n",
  ],
  [
    "a schema in OpenAPI's way knows few words",
    withConfig({
      responseMimeType: "application/json",
      responseSchema: { type: "OBJECT", additionalProperties: false },
    }),
    "Invalid JSON payload received. Unknown name \"additionalProperties\" at 'generation_config.response_schema': Cannot find field.",
  ],
  [
    "a JSON Schema knows all",
    withConfig({
      responseMimeType: "application/json",
      responseJsonSchema: { type: "object", additionalProperties: false },
    }),
    undefined,
  ],
  ["a schema wants JSON", withConfig({ responseSchema: { type: "OBJECT" } }), "Request contains an invalid argument."],
  [
    "thinking is told in one way",
    withConfig({ thinkingConfig: { thinkingBudget: 100, thinkingLevel: "low" } }),
    "You can only set only one of thinking budget and thinking level.",
  ],
  [
    "a prompt fits",
    withPart({ text: "kelp".repeat(1001) }),
    "The input token count (1001) exceeds the maximum number of tokens allowed (1000).",
    { inputTokens: 1000 },
  ],
  ["an image is taken", withPart({ inlineData: { mimeType: "image/png", data: PNG } }), undefined],
  [
    "an image is one",
    withPart({ inlineData: { mimeType: "image/png", data: "a2VscA==" } }),
    "Unable to process input image. Please retry or report in https://developers.generativeai.google/guide/troubleshooting",
  ],
  ["a body is JSON", "kelp", "Invalid JSON payload received. Unexpected token."],
];

describe("a request to Gemini's API", () => {
  test.each(FORMS.map((row) => [row[0], row] as const))("%s", async (_fact, [, body, says, model]) => {
    await using server = await startFakeGemini({ models: [{ id: ID, ...model }] });
    const response = await ask(server.url, body);
    expect(await response.json()).toMatchObject(
      says === undefined
        ? { candidates: [{ content: { role: "model" } }] }
        : { error: { code: 400, message: says, status: "INVALID_ARGUMENT" } },
    );
    expect(response.status).toBe(says === undefined ? 200 : 400);
    expect(server.books.calls).toBe(says === undefined ? 1 : 0);
  });

  test("all that is wrong is said at once", async () => {
    await using server = await startFakeGemini();
    const said: unknown = await (await ask(server.url, { ...GOOD, kelp: 1, moss: 2 })).json();
    expect(said).toMatchObject({
      error: {
        details: [
          {
            fieldViolations: [
              { description: expect.stringContaining('"kelp"') },
              { description: expect.stringContaining('"moss"') },
            ],
          },
        ],
      },
    });
  });

  test.each([
    ["no key", `models/${ID}:generateContent`, 403, "Method doesn't allow unregistered callers"],
    ["another key", `models/${ID}:generateContent?key=kk`, 400, "API key not valid"],
    [
      "another model",
      "models/gemini-gone:generateContent?key=k",
      404,
      "models/gemini-gone is not found for API version v1beta",
    ],
    ["a model that embeds", "models/e:generateContent?key=k", 404, "or is not supported for generateContent"],
    ["a model that does not embed", `models/${ID}:embedContent?key=k`, 404, "or is not supported for embedContent"],
  ])("%s is refused", async (_fact, path, status, message) => {
    await using server = await startFakeGemini({ apiKey: "k", models: [{ id: ID }, { id: "e", embedsInto: 8 }] });
    const response = await ask(
      server.url,
      path.includes("embed") ? { content: { parts: [{ text: "kelp" }] } } : GOOD,
      path,
    );
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining(message) } });
  });
});
