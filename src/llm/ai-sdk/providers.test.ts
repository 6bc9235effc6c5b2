import { describe, expect, it } from "vitest";
import type { StepError } from "../../core/failure/index.ts";
import type { AnswerPart, GenerateRequest, Model } from "../../core/model/index.ts";
import { startServed, type Reply, type ServedCall } from "./fixtures/served.ts";
import { WIRES, type Wire } from "./fixtures/wires.ts";
import { createAiSdk, type AiSdkOptions } from "./index.ts";

const KEY = "sk-kelp-on-a-rock-0123456789";
const TEXT = "Kelp grips rock.";
const SCHEMA = {
  type: "object",
  properties: { n: { type: "integer" } },
  required: ["n"],
  additionalProperties: false,
} as const;

type Expected = Readonly<Record<string, unknown>>;

interface Case {
  readonly it: string;
  readonly reply: (wire: Wire, number: number, call: ServedCall) => Reply;
  readonly request?: Partial<GenerateRequest>;
  readonly options?: AiSdkOptions;
  /** What the answer or the failure is to be like. */
  readonly gives: (wire: Wire) => Expected;
}

const whole = (wire: Wire, more: object = {}) => wire.write({ text: TEXT, ending: wire.endings.whole, ...more });
const half = (wire: Wire): readonly object[] => {
  const events = whole(wire);
  return events.slice(0, Math.max(1, Math.floor(events.length / 2)));
};
const refused = (wire: Wire, status: number, type: string, message: string): Reply => ({
  status,
  body: wire.refuse(status, type, message),
});

const CASES: readonly Case[] = [
  {
    it: "gives a whole answer with its usage",
    reply: (wire) => ({ events: whole(wire) }),
    gives: () => ({
      text: TEXT,
      usage: expect.objectContaining({ inputTokens: 10, outputTokens: 4, cachedInputTokens: 2 }),
    }),
  },
  {
    it: "refuses an answer that was cut off, and says at what",
    reply: (wire) => ({ events: whole(wire, { ending: wire.endings["cut off"] }) }),
    request: { maxOutputTokens: 4 },
    gives: () => ({ kind: "answer", cutOffBy: "cap", usage: expect.objectContaining({ outputTokens: 4 }) }),
  },
  {
    it: "refuses an answer that was filtered",
    reply: (wire) => ({ events: whole(wire, { ending: wire.endings.filtered }) }),
    gives: () => ({ kind: "input", message: expect.stringContaining("content filter") }),
  },
  {
    it: "refuses an answer that ended for a reason that nobody knows",
    reply: (wire) => ({ events: whole(wire, { ending: "lost_interest" }) }),
    gives: () => ({
      kind: "transient",
      message: expect.stringContaining('"lost_interest"'),
      usage: { inputTokens: 10 },
    }),
  },
  {
    it: "refuses an answer that ended before its end",
    reply: (wire) => ({ events: half(wire) }),
    gives: () => ({ kind: "transient" }),
  },
  {
    it: "refuses an answer whose connection broke",
    reply: (wire) => ({ events: half(wire), afterwards: "break" }),
    gives: () => ({ kind: "transient" }),
  },
  {
    it: "stops at a key that is refused, and does not repeat it",
    reply: (wire) => refused(wire, 401, "authentication_error", `invalid x-api-key: ${KEY}`),
    gives: () => ({
      kind: "auth",
      message: expect.not.stringContaining(KEY),
      rawAnswer: expect.not.stringContaining(KEY),
    }),
  },
  {
    it: "stops at a model that is not there",
    reply: (wire) => refused(wire, 404, "not_found_error", "model: model-of-a-test was not found"),
    gives: () => ({ kind: "missing_model" }),
  },
  {
    it: "waits as long as a rate limit says",
    reply: (wire) => ({
      ...(refused(wire, 429, "rate_limit_error", "Too many requests") as { status: number; body: object }),
      headers: { "retry-after": "7" },
    }),
    gives: () => ({ kind: "rate_limit", retryAfterMs: 7000 }),
  },
  {
    it: "waits while the provider is overloaded",
    reply: (wire) => refused(wire, 529, "overloaded_error", "Overloaded"),
    gives: () => ({ kind: "rate_limit", message: expect.stringContaining("overloaded") }),
  },
  {
    it: "stops when there is no money",
    reply: (wire) => refused(wire, 400, "invalid_request_error", "Your credit balance is too low to access the API."),
    gives: () => ({ kind: "quota" }),
  },
  {
    it: "tells a prompt that is too long",
    reply: (wire) => refused(wire, 400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
    gives: () => ({ kind: "input_too_long" }),
  },
  {
    it: "tries again later after an error in the middle",
    reply: (wire) => ({ events: [...half(wire), wire.breakOff] }),
    gives: () => ({
      kind: expect.stringMatching(/^(?:transient|rate_limit)$/),
      message: expect.stringMatching(/overloaded/i),
    }),
  },
  {
    it: "tells a server's own fault",
    reply: (wire) => refused(wire, 500, "api_error", "Internal server error"),
    gives: () => ({ kind: "transient" }),
  },
  {
    it: "tells a page in place of an API",
    reply: () => ({ status: 200, body: "<!DOCTYPE html><html><title>Sign in</title></html>" }),
    gives: () => ({ kind: "missing_model", message: expect.stringContaining("web page") }),
  },
  {
    it: "leaves out a temperature that is refused",
    reply: (wire, number) =>
      number === 1
        ? refused(wire, 400, "invalid_request_error", "`temperature` is not supported with this model")
        : { events: whole(wire) },
    request: { temperature: 0.5 },
    gives: () => ({ text: TEXT }),
  },
  {
    it: "asks for a form",
    reply: (wire, _, { body }) =>
      JSON.stringify(body).includes("additionalProperties") || JSON.stringify(body).includes('"integer"')
        ? { events: whole(wire, { text: '{"n": 1}' }) }
        : { events: whole(wire) },
    request: { responseSchema: SCHEMA },
    gives: () => ({ text: '{"n": 1}' }),
  },
  {
    it: "sends an image",
    reply: (wire, _, { body }) =>
      JSON.stringify(body).includes("iVBORw0K") ? { events: whole(wire) } : refused(wire, 400, "x", "no image"),
    request: {
      messages: [
        { role: "system", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "?" },
            { type: "image", image: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a]) },
          ],
        },
      ],
    },
    gives: () => ({ text: TEXT }),
  },
  {
    it: "lets a provider go that never begins",
    reply: () => "hang",
    options: { timeouts: { firstByteMs: 100 } },
    gives: () => ({ kind: "transient", message: expect.stringContaining("No answer started within 0.1 s") }),
  },
  {
    it: "lets a provider go that stops in the middle",
    reply: (wire) => ({ events: half(wire), afterwards: "wait" }),
    options: { timeouts: { idleMs: 200 } },
    gives: () => ({ kind: "transient", message: expect.stringContaining("Nothing more arrived within 0.2 s") }),
  },
];

const ask = async (model: Model, request: Partial<GenerateRequest> = {}): Promise<unknown> =>
  model.generate({ prompt: "What does kelp do?", ...request }).catch((error: unknown) => error);

it("is taken when it has ended, though nobody closes its connection", async () => {
  const answers = Object.values(WIRES).map(async (wire) => {
    await using served = await startServed(() => ({ events: whole(wire), afterwards: "wait" }));
    return await ask(createAiSdk(wire.make(served.url, KEY), { timeouts: { idleMs: 20_000 } }));
  });
  const usage = expect.objectContaining({ inputTokens: 10, outputTokens: 4 });
  expect(await Promise.all(answers)).toEqual(answers.map(() => ({ text: TEXT, usage })));
});

describe.each(Object.entries(WIRES))("a model of %s", (_name, wire) => {
  it.each(CASES)("$it", async ({ reply, request, options, gives }) => {
    await using served = await startServed((number, call) => reply(wire, number, call));
    const model = createAiSdk(wire.make(served.url, KEY), { timeouts: { idleMs: 20_000 }, ...options });
    const came = await ask(model, request);
    expect(came).toMatchObject(gives(wire));
  });

  it("is named by its provider, and sends the cap", async () => {
    await using served = await startServed(() => ({ events: whole(wire) }));
    const model = createAiSdk(wire.make(served.url, KEY), { contextTokens: 16_384 });
    expect([model.id, model.lane]).toEqual([`${wire.lane}:model-of-a-test`, wire.lane]);
    expect(model.fingerprint).toContain(served.url);
    await ask(model);
    await ask(model, { maxOutputTokens: 77 });
    expect(JSON.stringify(served.calls[0]?.body)).toContain("8192");
    expect(JSON.stringify(served.calls[1]?.body)).toContain("77");
  });

  it("tells text and thoughts as they come", async () => {
    const thinking = "Hm, kelp.";
    await using served = await startServed(() => ({ events: whole(wire, { thinking }) }));
    const parts: AnswerPart[] = [];
    const model = createAiSdk(wire.make(served.url, KEY));
    await ask(model, { onPart: (part) => void parts.push(part) });
    const said = parts.map(({ text = "" }) => text).join("");
    expect(said.endsWith(TEXT)).toBe(true);
    // OpenAI's chat API tells no thoughts.
    if (said === TEXT) expect(parts.map((part) => part.thinking ?? "").join("")).toBe(thinking);
  });

  it("ends at once when it is aborted, and lets the provider go", async () => {
    await using served = await startServed(() => ({ events: half(wire), afterwards: "wait" }));
    const stop = new AbortController();
    const reason = new Error("stopped by a test");
    const model = createAiSdk(wire.make(served.url, KEY));
    const onPart = (): void => stop.abort(reason);
    setTimeout(() => stop.abort(reason), 200);
    expect(await ask(model, { onPart, signal: stop.signal })).toBe(reason);
    await served.calls[0]?.closed;
  });

  it("is checked by one call of one token", async () => {
    await using served = await startServed(() => ({ events: whole(wire, { ending: wire.endings["cut off"] }) }));
    const model = createAiSdk(wire.make(served.url, KEY), { contextTokens: 16_384 });
    expect(await model.inspect?.()).toMatchObject({ contextTokens: 16_384 });
    expect(served.calls).toHaveLength(0);
    expect(await model.check()).toMatchObject({
      contextTokens: 16_384,
      notes: [expect.stringContaining("16,384 tokens")],
    });
    expect(served.calls).toHaveLength(1);
  });

  it.each([
    [401, "authentication_error", "invalid x-api-key"],
    [404, "not_found_error", "model: model-of-a-test was not found"],
  ])("cannot be used when its check is refused with %i", async (status, type, message) => {
    await using served = await startServed(() => refused(wire, status, type, message));
    const model = createAiSdk(wire.make(served.url, KEY));
    await expect(model.check()).rejects.toMatchObject({ code: "model_unusable" });
  });

  it.each<readonly [string, Reply | undefined, StepError["kind"]]>([
    ["fails the chat alone when another call gets through", undefined, "input"],
    ["stops when none gets through", refused(wire, 403, "forbidden", "Forbidden"), "auth"],
  ])("met with a 403 that says nothing of the key, %s", async (_case, others, kind) => {
    await using served = await startServed((_number, { body }) =>
      JSON.stringify(body).includes("bees")
        ? refused(wire, 403, "forbidden", "Forbidden")
        : (others ?? { events: whole(wire) }),
    );
    const model = createAiSdk(wire.make(served.url, KEY));
    expect(await ask(model, { prompt: "bees" })).toMatchObject({ kind });
    expect(served.calls).toHaveLength(2);
  });
});
