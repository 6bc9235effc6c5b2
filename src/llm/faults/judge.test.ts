import { describe, expect, it } from "vitest";
import type { FailureKind } from "../../core/failure/index.ts";
import type { About } from "./fault-row.ts";
import { FAULT_TABLE, failureOf, judge, saidInAnswer, saidInRefusal, type Adapter } from "./index.ts";

const refusal = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  saidInRefusal({ status, headers }, typeof body === "string" ? body : JSON.stringify(body));

const kindOf = (status: number, body: unknown, headers?: Readonly<Record<string, string>>): FailureKind =>
  failureOf(judge(refusal(status, body, headers), "openai")).kind;

/** What the run may do about each thing that a fault can be about. */
const KINDS: Readonly<Record<About, readonly FailureKind[]>> = {
  runner: ["transient"],
  loading: ["transient"],
  key: ["auth"],
  account: ["auth"],
  content: ["input"],
  money: ["quota"],
  context: ["input_too_long"],
  model: ["missing_model"],
  address: ["missing_model", "auth"],
  setting: ["missing_model"],
  request: ["bug", "input"],
  pace: ["rate_limit"],
  server: ["transient"],
  "key or chat": ["auth", "missing_model"],
};

describe("the table", () => {
  it("means one thing by what it is about", () => {
    for (const { means } of FAULT_TABLE) expect(KINDS[means.about]).toContain(means.kind);
  });

  it("has expressions that take time in proportion to the text: nothing is repeated without end that is itself a repetition", () => {
    const expressions = FAULT_TABLE.flatMap(({ code, type, param, words }) => [code, type, param, words]);
    for (const expression of expressions) {
      expect(expression?.source ?? "").not.toMatch(/\.[*+]|\)[*+]|\)\{\d+,\}|\][*+]/);
      expect(expression?.flags ?? "").not.toMatch(/[gy]/);
    }
  });

  it.each([
    "OpenAI",
    "Azure",
    "Anthropic",
    "Gemini",
    "Mistral",
    "Groq",
    "DeepSeek",
    "xAI",
    "OpenRouter",
    "Together",
    "Fireworks",
    "Cerebras",
    "LiteLLM",
    "vLLM",
    "SGLang",
    "Text Generation Inference",
    "llama.cpp",
    "llama-cpp-python",
    "LM Studio",
    "Ollama",
    "Ollama's /v1",
    "Ollama's cloud",
    "Bedrock",
    "z.ai",
  ])("knows what %s says", (provider) => {
    expect(FAULT_TABLE.flatMap(({ said }) => said.filter(({ by }) => by.includes(provider)))).not.toEqual([]);
  });

  it("cites a public place for each saying", () => {
    const places = FAULT_TABLE.flatMap(({ said }) => said.map(({ source }) => source));
    const unseen = places.filter((source) => !/^https:\/\/\S+$|^[\w.-]+\/[\w.-]+(?:#\d+| \S+)$/.test(source));
    expect(unseen).toEqual(["no public page: as users tell it"]);
  });
});

describe("who says it comes before what it says", () => {
  /** What servers say of prompts that are too long, in words alone. */
  const words = FAULT_TABLE.filter(
    ({ means, code, type, status }) => means.about === "context" && !code && !type && !status,
  )
    .flatMap(({ said }) => said)
    .map(({ body }) => (typeof body === "string" ? refusal(400, body) : saidInAnswer(body)).text);

  it("knows a dozen ways to say it", () => {
    expect(words.length).toBeGreaterThan(12);
    for (const text of words) expect([text, kindOf(400, { error: text })]).toEqual([text, "input_too_long"]);
  });

  it.each<Adapter>(["openai", "ollama"])(
    "takes no word of a server's own fault for the prompt's length (%s)",
    (adapter) => {
      for (const text of words) {
        const said = [
          refusal(500, { error: text }),
          refusal(502, { error: { message: text } }),
          refusal(500, { error: `llama-server process no longer running: unknown error: ${text}` }),
          refusal(400, { error: `llama-server process no longer running: unknown error: ${text}` }),
          saidInAnswer(text),
          saidInAnswer({ error: { message: text, code: 500 } }),
          saidInAnswer(`an error was encountered while running the model: error: ${text}`),
        ];
        for (const each of said) expect([text, judge(each, adapter).means.kind]).not.toEqual([text, "input_too_long"]);
      }
    },
  );

  it.each([
    ["a server's own code", refusal(500, { error: { message: "?", code: "context_length_exceeded" } })],
    ["a server's own type", saidInAnswer({ error: { message: "?", type: "exceed_context_size_error" } })],
    [
      "an error that says that it is a 400",
      saidInAnswer({ error: { message: "maximum context length is 5", code: 400 } }),
    ],
    [
      "llama-cpp-python's own words",
      refusal(500, { error: { message: "Requested tokens (5) exceed context window of 4" } }),
    ],
  ])("takes %s for it, wherever it stands", (_, said) => {
    expect(judge(said, "openai").means.kind).toBe("input_too_long");
  });
});

type Wait = readonly [
  what: string,
  kind: FailureKind,
  waitMs: number | undefined,
  status: number,
  body: unknown,
  headers?: Readonly<Record<string, string>>,
];

describe("how long to wait", () => {
  const waits: readonly Wait[] = [
    [
      "a header, whatever the status",
      "rate_limit",
      8000,
      529,
      { error: { message: "Overloaded" } },
      { "retry-after": "8" },
    ],
    ["a header of a 500", "rate_limit", 8000, 500, "oops", { "retry-after": "8" }],
    ["a header of a 403", "rate_limit", 8000, 403, "slow down", { "retry-after": "8" }],
    ["a header of a 400", "rate_limit", 8000, 400, "slow down", { "retry-after": "8" }],
    ["a header of a 401 changes nothing", "auth", undefined, 401, "no", { "retry-after": "8" }],
    ["seconds in words", "rate_limit", 12_000, 429, { error: { message: "Please retry in 12s." } }],
    ["a fraction in words", "rate_limit", 8120, 429, { error: { message: "Please try again in 8.12s. Need more?" } }],
    ["minutes in words", "rate_limit", 432_000, 429, { error: { message: "Please try again in 7m12s." } }],
    ["milliseconds in words", "rate_limit", 500, 429, { error: { message: "Please try again in 500ms." } }],
    ["whole words", "rate_limit", 26_000, 429, { error: { message: "Please retry after 26 seconds." } }],
    ["Google's RetryInfo", "rate_limit", 34_000, 429, [{ error: { message: "?", details: [{ retryDelay: "34s" }] } }]],
    [
      "how long loading takes",
      "rate_limit",
      20_000,
      503,
      { error: "Model m is currently loading", estimated_time: 20 },
    ],
    ["no word at all", "rate_limit", undefined, 503, { error: { message: "The model is overloaded." } }],
    [
      "headers that a gateway passes on",
      "rate_limit",
      20_000,
      429,
      { error: { message: "?", metadata: { headers: { "X-RateLimit-Reset": "20" } } } },
    ],
    [
      "the header before the words",
      "rate_limit",
      9000,
      429,
      { error: { message: "Please try again in 8.12s." } },
      { "retry-after": "9" },
    ],
    ["hours: that is an allowance", "quota", undefined, 429, "?", { "retry-after": "28800" }],
    [
      "a limit of the day, however short the wait",
      "quota",
      undefined,
      429,
      "tokens per day (TPD). Please try again in 9m.",
    ],
    ["a reset that every answer tells of is no wish", "transient", undefined, 500, "?", { "x-ratelimit-reset": "3" }],
  ];

  it.each(waits.map((wait) => [wait[0], wait] as const))("%s", (_, [, kind, waitMs, status, body, headers]) => {
    const failure = failureOf(judge(refusal(status, body, headers), "openai"));
    expect([failure.kind, failure.retryAfterMs]).toEqual([kind, waitMs]);
  });
});

describe("a message", () => {
  const messageOf = (status: number, body: unknown, headers?: Readonly<Record<string, string>>): string =>
    failureOf(judge(refusal(status, body, headers), "openai")).message;

  it("names the setting that is refused", () => {
    expect(messageOf(400, { error: { message: "?", param: "stream", code: "unsupported_value" } })).toContain(
      '"stream"',
    );
    expect(messageOf(500, { error: 'option "num_ctx" must be of type integer' })).toContain('the setting "num_ctx"');
    expect(messageOf(422, { detail: [{ loc: ["body", "top_k"], msg: "Extra inputs are not permitted" }] })).toContain(
      'the setting "top_k" (HTTP 422: top_k: Extra inputs are not permitted)',
    );
  });

  it("says where a redirect leads", () => {
    expect(messageOf(308, "", { location: "https://other.test/v1/chat/completions" })).toContain(
      "it sends us on to https://other.test/v1/chat/completions",
    );
  });

  it("has a page's title in place of the page, else its first words", () => {
    const page = (head: string, body: string): string =>
      `<!DOCTYPE html><html><head>${head}<style>a{b:c}</style><script>if (a<b) c()</script></head><body>${body}</body>`;
    const html = { "content-type": "text/html" };
    expect(messageOf(520, page("<title>api.test | 520 &amp; more</title>", "<p>x</p>".repeat(500)), html)).toBe(
      "The server could not answer (HTTP 520: api.test | 520 & more).",
    );
    expect(messageOf(502, page("", `<h1>Bad  Gateway</h1>${"<p>and so on</p>".repeat(500)}`))).toMatch(
      /\(HTTP 502: Bad Gateway and so on .{0,120}\)\.$/,
    );
    expect(messageOf(502, "<html><title>never closed", html)).toContain("(HTTP 502: never closed)");
  });

  it("hides what it is told to hide, and is judged before that", () => {
    const said = refusal(400, { error: { message: "maximum context length is 5 tokens for kind sk-abcdefgh" } });
    const failure = failureOf(judge(said, "openai"), {
      rawAnswer: "sk-abcdefgh",
      hide: (text) => text.replaceAll("sk-abcdefgh", "***").replaceAll("context", "***"),
    });
    expect([failure.kind, failure.rawAnswer]).toEqual(["input_too_long", "***"]);
    expect(failure.message).toContain("for kind ***");
  });

  it("is short, however much is said, and is found in time", () => {
    const long = "try again in ".repeat(200_000);
    expect(messageOf(500, { error: { message: long } }).length).toBeLessThan(400);
    expect(messageOf(500, `<html>${"<".repeat(1_000_000)}`).length).toBeLessThan(400);
    expect(messageOf(500, "[".repeat(100_000)).length).toBeLessThan(400);
    expect(messageOf(500, `${'{"error":'.repeat(50)}1${"}".repeat(50)}`).length).toBeLessThan(600);
  });
});
