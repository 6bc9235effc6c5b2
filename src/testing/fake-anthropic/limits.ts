import { createBucket, type Bucket } from "../fake-server/bucket.ts";
import { refusal, type Refusal } from "./error.ts";
import type { AnthropicLimits } from "./wire.ts";

/** The limits of an account, as the headers name them. */
export interface LimitKeeper {
  /** Takes a request in, or says why not. */
  admit(inputTokens: number): Refusal | undefined;
  /** Counts what was written. */
  wrote(outputTokens: number): void;
  headers(): Readonly<Record<string, string>>;
}

export function keepLimits({
  requestsPerMinute = 1e6,
  inputTokensPerMinute = 1e9,
  outputTokensPerMinute = 1e9,
}: AnthropicLimits): LimitKeeper {
  const requests = createBucket(requestsPerMinute);
  const input = createBucket(inputTokensPerMinute);
  const output = createBucket(outputTokensPerMinute);
  const named = [
    ["requests", requests],
    ["input-tokens", input],
    ["output-tokens", output],
    ["tokens", input],
  ] as const;
  const headers = (): Readonly<Record<string, string>> =>
    Object.fromEntries(named.flatMap(([name, bucket]) => headersOf(name, bucket)));
  return {
    headers,
    admit(inputTokens) {
      const needs = [
        { bucket: requests, amount: 1, words: "requests" },
        { bucket: input, amount: inputTokens, words: "input tokens" },
        { bucket: output, amount: 1, words: "output tokens" },
      ];
      const short = needs.find(({ bucket, amount }) => bucket.left() < Math.min(amount, bucket.limit));
      if (short) {
        const { bucket, amount, words } = short;
        return tooFast(bucket.limit, words, bucket.msUntil(amount));
      }
      requests.take(1);
      input.take(inputTokens);
      return undefined;
    },
    wrote: (outputTokens) => output.take(outputTokens),
  };
}

/** OpenHands/OpenHands#9259 */
const tooFast = (limit: number, words: string, waitMs: number): Refusal =>
  refusal(
    429,
    "rate_limit_error",
    `This request would exceed the rate limit for your organization (0dccdde6-0000-4000-8000-000000000000) of ${limit.toLocaleString("en-US")} ${words} per minute. For details, refer to: https://docs.claude.com/en/api/rate-limits. You can see the response headers for current usage. Please reduce the prompt length or the maximum tokens requested, or try again later. You may also contact sales at https://www.anthropic.com/contact-sales to discuss your options for a rate limit increase.`,
    { "retry-after": String(Math.max(1, Math.ceil(waitMs / 1000))) },
  );

const headersOf = (name: string, bucket: Bucket): readonly (readonly [string, string])[] => [
  [`anthropic-ratelimit-${name}-limit`, String(bucket.limit)],
  [`anthropic-ratelimit-${name}-remaining`, String(Math.max(0, Math.floor(bucket.left())))],
  [`anthropic-ratelimit-${name}-reset`, rfc3339(Date.now() + bucket.msUntil(bucket.limit))],
];

/** Whole seconds, as the real headers have them. */
const rfc3339 = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
