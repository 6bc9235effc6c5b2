import { type Duration, parseDuration } from "./duration.ts";
import { decimal, parseRetryAfter } from "./parse-retry-after.ts";
import { type HttpMessage, httpMessageOf } from "./http-message.ts";
import type { MsWaitStrategy, WaitStrategy } from "./wait.ts";
import { draw, waitRandomExponential } from "./wait-jitter.ts";

/** How {@link waitRetryAfter} treats what the server asks for. */
export interface RetryAfterOptions {
  /** The wait when the server asks for nothing, or for something invalid. @default waitRandomExponential({ max: "30s" }) */
  readonly fallback?: WaitStrategy | undefined;
  /** The longest that a server may ask for. When it asks for more, the call is given up at once. @default "60s" */
  readonly max?: Duration | undefined;
  /**
   * The most that is added at random to the wait the server asks for, so that clients which were refused together do
   * not return together. @default as long again as the server asks
   */
  readonly jitter?: Duration | undefined;
}

/**
 * Waits as long as the server asks, and never shorter: `retry-after-ms`, `Retry-After` in seconds or as a date in any
 * of the three forms of HTTP (RFC 9110, 5.6.7), `RateLimit-Reset` on a 429 or 503. Zero, a date that is past and
 * garbage are ignored. The response is found as {@link retryIfHttpTransient} finds it.
 *
 * @example
 * ```ts
 * import { waitRetryAfter } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * const wait = waitRetryAfter({ max: "60s", jitter: "1s" });
 * const after = (seconds: string): number => {
 *   const value = new Response(null, { status: 429, headers: { "retry-after": seconds } });
 *   return wait(retryState({ outcome: { status: "returned", value } }));
 * };
 * // 5 s and half of the jitter; 10 minutes are more than `max`: there is no next attempt.
 * console.log(after("5"), after("600"));
 * // prints: 5500 Infinity
 * ```
 */
export function waitRetryAfter({
  fallback = waitRandomExponential({ max: "30s" }),
  max = "60s",
  jitter,
}: RetryAfterOptions = {}): MsWaitStrategy {
  const maxMs = parseDuration(max, "max");
  const jitterMs = jitter === undefined ? undefined : parseDuration(jitter, "jitter");
  return (state) => {
    const askedMs = askedDelay(httpMessageOf(state), state.wallNow?.() ?? Date.now());
    if (!(askedMs > 0)) return parseDuration(fallback(state), "fallback");
    return askedMs > maxMs ? Infinity : draw(state.random, askedMs, askedMs + (jitterMs ?? askedMs));
  };
}

/** Milliseconds; 0 or NaN when nothing sensible was asked. */
function askedDelay({ status, header }: HttpMessage, nowMs: number): number {
  return (
    decimal(header("retry-after-ms")) ||
    parseRetryAfter(header("retry-after"), nowMs) ||
    // On other responses it says when the quota renews, and asks for no wait.
    (status === 429 || status === 503 ? decimal(header("ratelimit-reset")) * 1000 : 0)
  );
}
