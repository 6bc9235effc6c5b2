import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kindOfLimit, MOST_TOLD_LIMITS, type ToldLimits } from "../../core/base/index.ts";
import type { Headers } from "./headers.ts";
import { toldLimits } from "./told-limits.ts";

/** 2026-01-19T00:00:00Z */
const NOW_MS = Date.UTC(2026, 0, 19);
const MINUTE = 60_000;
const DAY = 86_400_000;

/** What providers send with their answers, and where that can be read. */
const SAID: readonly {
  readonly by: string;
  readonly source: string;
  readonly headers: Headers;
  readonly told: ToldLimits;
}[] = [
  {
    by: "OpenAI",
    source: "https://platform.openai.com/docs/guides/rate-limits (rate limits in headers)",
    headers: {
      "x-ratelimit-limit-requests": "60",
      "x-ratelimit-limit-tokens": "150000",
      "x-ratelimit-remaining-requests": "59",
      "x-ratelimit-remaining-tokens": "149984",
      "x-ratelimit-reset-requests": "1s",
      "x-ratelimit-reset-tokens": "6m0s",
    },
    told: {
      limits: [
        { of: "requests", limit: 60, remaining: 59, resetMs: 1000 },
        { of: "tokens", limit: 150_000, remaining: 149_984, resetMs: 6 * MINUTE },
      ],
    },
  },
  {
    by: "OpenAI, beside what a tier counts by usage",
    source: "https://community.openai.com/t/how-to-get-rate-limit-reset-time-for-response-api/1268905",
    headers: {
      "x-ratelimit-limit-requests": "5000",
      "x-ratelimit-limit-tokens": "160000",
      "x-ratelimit-limit-tokens_usage_based": "160000",
      "x-ratelimit-remaining-requests": "4999",
      "x-ratelimit-remaining-tokens": "159976",
      "x-ratelimit-remaining-tokens_usage_based": "159976",
      "x-ratelimit-reset-requests": "12ms",
      "x-ratelimit-reset-tokens": "9ms",
      "x-ratelimit-reset-tokens_usage_based": "9ms",
    },
    told: {
      limits: [
        { of: "requests", limit: 5000, remaining: 4999, resetMs: 12 },
        { of: "tokens", limit: 160_000, remaining: 159_976, resetMs: 9 },
        { of: "tokens", name: "usage based", limit: 160_000, remaining: 159_976, resetMs: 9 },
      ],
    },
  },
  {
    by: "OpenAI, of a project",
    source: "https://community.openai.com/t/1366625",
    headers: { "x-ratelimit-limit-project-tokens": "30000", "x-ratelimit-remaining-project-tokens": "1" },
    told: { limits: [{ of: "tokens", name: "project", limit: 30_000, remaining: 1 }] },
  },
  {
    by: "Groq",
    source: "https://console.groq.com/docs/rate-limits.md (rate limit headers)",
    headers: {
      "retry-after": "2",
      "x-ratelimit-limit-requests": "14400",
      "x-ratelimit-limit-tokens": "18000",
      "x-ratelimit-remaining-requests": "14370",
      "x-ratelimit-remaining-tokens": "17997",
      "x-ratelimit-reset-requests": "2m59.56s",
      "x-ratelimit-reset-tokens": "7.66s",
    },
    told: {
      limits: [
        { of: "requests", limit: 14_400, remaining: 14_370, resetMs: 179_560 },
        { of: "tokens", limit: 18_000, remaining: 17_997, resetMs: 7660 },
      ],
      retryAfterMs: 2000,
    },
  },
  {
    by: "Cerebras",
    source: "https://inference-docs.cerebras.ai/support/rate-limits (rate limit headers)",
    headers: {
      "x-ratelimit-limit-requests-day": "1000000000",
      "x-ratelimit-limit-tokens-minute": "1000000000",
      "x-ratelimit-remaining-requests-day": "999997455",
      "x-ratelimit-remaining-tokens-minute": "999998298",
      "x-ratelimit-reset-requests-day": "33011.382867097855",
      "x-ratelimit-reset-tokens-minute": "11.382867097854614",
    },
    told: {
      limits: [
        { of: "requests", windowMs: DAY, limit: 1e9, remaining: 999_997_455, resetMs: 33_011_383 },
        { of: "tokens", windowMs: MINUTE, limit: 1e9, remaining: 999_998_298, resetMs: 11_383 },
      ],
    },
  },
  {
    by: "Mistral",
    source: "mistralai/client-ts#169",
    headers: {
      "x-ratelimit-limit-tokens-minute": "5000000",
      "x-ratelimit-remaining-tokens-minute": "4999911",
      "x-ratelimit-tokens-query-cost": "52",
      "x-ratelimit-limit-req-minute": "720",
      "x-ratelimit-remaining-req-minute": "717",
    },
    told: {
      limits: [
        { of: "tokens", windowMs: MINUTE, limit: 5_000_000, remaining: 4_999_911 },
        { of: "requests", windowMs: MINUTE, limit: 720, remaining: 717 },
      ],
    },
  },
  {
    by: "Mistral, as it was before",
    source: "answers of February 2025, as public repositories have recorded them",
    headers: {
      "ratelimitbysize-limit": "500000",
      "ratelimitbysize-query-cost": "32003",
      "ratelimitbysize-remaining": "467997",
      "ratelimitbysize-reset": "38",
      "x-ratelimitbysize-limit-minute": "500000",
      "x-ratelimitbysize-limit-month": "1000000000",
      "x-ratelimitbysize-remaining-minute": "467997",
      "x-ratelimitbysize-remaining-month": "999967997",
    },
    told: {
      limits: [
        { of: "tokens", limit: 500_000, remaining: 467_997, resetMs: 38_000 },
        { of: "tokens", windowMs: MINUTE, limit: 500_000, remaining: 467_997 },
        { of: "tokens", windowMs: 30 * DAY, limit: 1e9, remaining: 999_967_997 },
      ],
    },
  },
  {
    by: "Together AI",
    source: "jeremylongshore/tons-of-skills-marketplace: together-rate-limits",
    headers: {
      "x-ratelimit-limit": "10",
      "x-ratelimit-remaining": "9",
      "x-ratelimit-reset": "1",
      "x-tokenlimit-limit": "3000",
      "x-tokenlimit-remaining": "2950",
    },
    told: {
      limits: [
        { of: "requests", limit: 10, remaining: 9, resetMs: 1000 },
        { of: "tokens", limit: 3000, remaining: 2950 },
      ],
    },
  },
  {
    by: "Fireworks",
    source: "https://docs.fireworks.ai/serverless/rate-limits",
    headers: {
      "x-ratelimit-limit-requests": "60",
      "x-ratelimit-limit-tokens-prompt": "60000",
      "x-ratelimit-limit-tokens-generated": "6000",
      "x-ratelimit-remaining-requests": "59",
      "x-ratelimit-remaining-tokens-prompt": "59990",
      "x-ratelimit-remaining-tokens-generated": "5995",
      "x-ratelimit-over-limit": "no",
    },
    told: {
      limits: [
        { of: "requests", limit: 60, remaining: 59 },
        { of: "input tokens", limit: 60_000, remaining: 59_990 },
        { of: "output tokens", limit: 6000, remaining: 5995 },
      ],
    },
  },
  {
    by: "OpenRouter, in milliseconds since 1970",
    source: "Gitlawb/openclaude#936",
    headers: {
      "X-RateLimit-Limit": "50",
      "X-RateLimit-Remaining": "0",
      "X-RateLimit-Reset": `${NOW_MS + DAY}`,
    },
    told: { limits: [{ of: "requests", limit: 50, remaining: 0, resetMs: DAY }] },
  },
  {
    by: "GitHub, in seconds since 1970",
    source: "https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api",
    headers: {
      "x-ratelimit-limit": "5000",
      "x-ratelimit-remaining": "4987",
      "x-ratelimit-used": "13",
      "x-ratelimit-resource": "core",
      "x-ratelimit-reset": `${NOW_MS / 1000 + 90}`,
    },
    told: { limits: [{ of: "requests", limit: 5000, remaining: 4987, resetMs: 90_000 }] },
  },
  {
    by: "Azure",
    source: "stuartleeks/aoai-simulated-api#44",
    headers: { "x-ratelimit-remaining-tokens": "9840", "x-ratelimit-remaining-requests": "9" },
    told: {
      limits: [
        { of: "tokens", remaining: 9840 },
        { of: "requests", remaining: 9 },
      ],
    },
  },
  {
    by: "Azure, whose refusals name milliseconds",
    source: "https://learn.microsoft.com/en-us/azure/ai-services/openai/how-to/provisioned-get-started",
    headers: { "retry-after-ms": "37", "retry-after": "1" },
    told: { limits: [], retryAfterMs: 37 },
  },
  {
    by: "Anthropic",
    source: "https://docs.anthropic.com/en/api/rate-limits#response-headers",
    headers: {
      "anthropic-ratelimit-input-tokens-limit": "80000",
      "anthropic-ratelimit-input-tokens-remaining": "79000",
      "anthropic-ratelimit-input-tokens-reset": "2026-01-19T00:00:01Z",
      "anthropic-ratelimit-output-tokens-limit": "16000",
      "anthropic-ratelimit-output-tokens-remaining": "16000",
      "anthropic-ratelimit-output-tokens-reset": "2026-01-19T00:00:00Z",
      "anthropic-ratelimit-requests-limit": "1000",
      "anthropic-ratelimit-requests-remaining": "999",
      "anthropic-ratelimit-requests-reset": "2026-01-18T23:59:59Z",
      "anthropic-ratelimit-tokens-limit": "96000",
      "anthropic-ratelimit-tokens-remaining": "95000",
      "anthropic-ratelimit-tokens-reset": "2026-01-19T09:00:01.5+09:00",
      "anthropic-ratelimit-unified-5h-reset": "1768800000",
      "anthropic-ratelimit-unified-status": "allowed",
    },
    told: {
      limits: [
        { of: "input tokens", limit: 80_000, remaining: 79_000, resetMs: 1000 },
        { of: "output tokens", limit: 16_000, remaining: 16_000, resetMs: 0 },
        { of: "requests", limit: 1000, remaining: 999, resetMs: 0 },
        { of: "tokens", limit: 96_000, remaining: 95_000, resetMs: 1500 },
      ],
    },
  },
  {
    by: "Cloudflare",
    source: "https://developers.cloudflare.com/fundamentals/api/reference/limits",
    headers: { ratelimit: '"default";r=50;t=30', "ratelimit-policy": '"default";q=1200;w=300, "burst";q=100;w=60' },
    told: {
      limits: [
        { of: "requests", name: "default", limit: 1200, remaining: 50, resetMs: 30_000, windowMs: 300_000 },
        { of: "requests", name: "burst", limit: 100, windowMs: MINUTE },
      ],
    },
  },
  {
    by: "the IETF's draft, with units and partitions",
    source: "https://www.ietf.org/archive/id/draft-ietf-httpapi-ratelimit-headers-10.txt",
    headers: {
      ratelimit: '"a, b; c";r=5;t=8;pk=:cHJvag==:',
      "ratelimit-policy": '"a, b; c";q=10;w=60;pk=:cHJvag==:, "traffic";q=65535;qu="content-bytes";w=10',
    },
    // Names that are no words are left out, and bytes are none of our limits.
    told: { limits: [{ of: "requests", limit: 10, remaining: 5, resetMs: 8000, windowMs: MINUTE }] },
  },
  {
    by: "the seventh draft, as express-rate-limit sends it",
    source: "https://www.npmjs.com/package/ratelimit-header-parser (the combined form of draft 7)",
    headers: { ratelimit: "limit=100, remaining=98, reset=52", "ratelimit-policy": "100;w=60" },
    told: { limits: [{ of: "requests", limit: 100, remaining: 98, resetMs: 52_000, windowMs: MINUTE }] },
  },
  {
    by: "the sixth draft",
    source: "https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-06",
    headers: {
      "ratelimit-limit": "10",
      "ratelimit-policy": "10;w=1, 50;w=60, 1000;w=3600",
      "ratelimit-remaining": "9",
      "ratelimit-reset": "1",
    },
    told: { limits: [{ of: "requests", limit: 10, remaining: 9, resetMs: 1000, windowMs: 1000 }] },
  },
  {
    by: "the first draft, with its windows behind the limit",
    source: "https://developer.whoop.com/docs/developing/rate-limiting",
    headers: {
      "x-ratelimit-limit": "100, 100;window=60, 10000;window=86400",
      "x-ratelimit-remaining": "98",
      "x-ratelimit-reset": "3",
    },
    told: { limits: [{ of: "requests", limit: 100, remaining: 98, resetMs: 3000, windowMs: MINUTE }] },
  },
  {
    by: "LiteLLM's proxy, which passes on what the provider told",
    source: "BerriAI/litellm#5957",
    headers: {
      "x-ratelimit-remaining-requests": "7",
      "llm_provider-x-ratelimit-remaining-requests": "4999",
      "llm_provider-x-ratelimit-limit-tokens": "40000",
    },
    told: {
      limits: [
        { of: "requests", remaining: 7 },
        { of: "tokens", limit: 40_000 },
      ],
    },
  },
];

const byKind = ({ limits, ...rest }: ToldLimits) => ({
  ...rest,
  limits: limits.toSorted((one, other) => kindOfLimit(one).localeCompare(kindOfLimit(other))),
});

describe("what providers tell of their limits", () => {
  it.each(SAID)("is read as $by says it", ({ headers, told, source }) => {
    const read = toldLimits(headers, NOW_MS);
    expect(read && byKind(read), source).toEqual(byKind(told));
  });
});

describe("what anybody may say", () => {
  const requests = (limit: string | readonly string[]) => ({ "x-ratelimit-limit-requests": limit });
  const reset = (text: string) => ({ "x-ratelimit-remaining": "3", "x-ratelimit-reset": text });

  it.each<[what: string, headers: Headers, told: unknown]>([
    ["no headers", {}, undefined],
    ["headers of other things", { "content-type": "text/plain", "x-ratelimit-resource": "core" }, undefined],
    ["no number", requests("unlimited"), undefined],
    ["nothing", requests(""), undefined],
    ["a negative number, as Azure says (openai/openai-dotnet#838)", requests("-1"), undefined],
    ["NaN", requests("NaN"), undefined],
    ["Infinity", requests("Infinity"), undefined],
    ["an exponent", requests("1e300"), undefined],
    ["more than there can be", requests("9".repeat(15)), undefined],
    ["10 MB", requests("9".repeat(10_000_000)), undefined],
    ["half a request", requests("1.5"), undefined],
    ["digits in thousands", requests("1,000"), undefined],
    ["a whole number with a point", requests("60.0"), [{ of: "requests", limit: 60 }]],
    ["none at all, as Mistral says of a plan without the model", requests("0"), [{ of: "requests", limit: 0 }]],
    ["a value that came twice", requests("60, 50"), [{ of: "requests", limit: 60 }]],
    ["a list of values", requests(["60", "50"]), [{ of: "requests", limit: 60 }]],
    ["names in capitals", { "X-RateLimit-Limit-Requests": "60" }, [{ of: "requests", limit: 60 }]],
    ["a limit of something else", { "x-ratelimit-limit-images": "5", "x-ratelimit-remaining-audio": "1" }, undefined],
    ["a reset alone", { "x-ratelimit-reset": "5" }, undefined],
    ["a reset in words", reset("soon"), [{ of: "requests", remaining: 3 }]],
    ["a reset that is past", reset("2020-01-01T00:00:00Z"), [{ of: "requests", remaining: 3, resetMs: 0 }]],
    ["a reset in the year 9999", reset("9999-12-31T23:59:59Z"), [{ of: "requests", remaining: 3 }]],
    ["a date of HTTP", reset("Mon, 19 Jan 2026 00:00:05 GMT"), [{ of: "requests", remaining: 3, resetMs: 5000 }]],
    ["a reset of 1e300", reset("1e300"), [{ of: "requests", remaining: 3 }]],
    ["a negative reset", reset("-5"), [{ of: "requests", remaining: 3 }]],
    ["a reset of 0", reset("0"), [{ of: "requests", remaining: 3, resetMs: 0 }]],
    ["an impossible date", reset("2026-13-45T99:00:00Z"), [{ of: "requests", remaining: 3 }]],
    ["a string without an end", { ratelimit: '"default;r=5;t=1' }, undefined],
    ["a policy without a number", { "ratelimit-policy": '"p";q=lots;w=60' }, undefined],
  ])("%s", (_what, headers, told) => {
    expect(toldLimits(headers, NOW_MS)?.limits).toEqual(told);
  });

  it("keeps no more than a few limits, whatever comes", () => {
    const many = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, n) => [`x-ratelimit-limit-requests-a${n}`, `${n}`]),
    );
    expect(toldLimits(many, NOW_MS)?.limits).toHaveLength(MOST_TOLD_LIMITS);
  });

  it("is sound for any headers", () => {
    const name = fc.constantFrom(
      ...SAID.flatMap(({ headers }) => Object.keys(headers)),
      "ratelimit",
      "ratelimit-policy",
      "retry-after",
    );
    const value = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.integer().map(String),
      fc.constantFrom(...SAID.flatMap(({ headers }) => Object.values(headers).map(String))),
      fc.array(fc.string(), { maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.dictionary(name, value), (headers) => {
        const told = toldLimits(headers, NOW_MS);
        if (told === undefined) return;
        expect(told.limits.length).toBeLessThanOrEqual(MOST_TOLD_LIMITS);
        for (const { of, name: named = "", ...numbers } of told.limits) {
          expect(["requests", "tokens", "input tokens", "output tokens"]).toContain(of);
          expect(named.length).toBeLessThanOrEqual(40);
          for (const number of Object.values(numbers)) expect(Number.isSafeInteger(number) && number >= 0).toBe(true);
        }
        expect(told).toEqual(JSON.parse(JSON.stringify(told)));
      }),
    );
  });
});
