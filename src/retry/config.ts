import { defined } from "./defined.ts";
import { ConnectionError, TimeoutError } from "./errors/index.ts";
import { afterLog, beforeLog, type RetryLogger } from "./log.ts";
import type { RetryHook, RetryOptions } from "./options.ts";
import { areClasses, atLeast, refuse, wholeCount } from "./refuse.ts";
import { type ErrorClass, retryIfExceptionType } from "./retry-if.ts";
import type { RetryState } from "./state.ts";
import { stopAfterAttempt } from "./stop.ts";
import { waitExponential } from "./wait.ts";
import { waitRandomExponential } from "./wait-jitter.ts";

/** A retry policy as plain settings. Every function that takes one accepts any subset of its fields. */
export interface RetryConfig {
  /** Calls in all, the first one included. @default 3 */
  readonly maxAttempts: number;
  /** The shortest wait. @default 2 */
  readonly minWaitSeconds: number;
  /** The longest wait. @default 30 */
  readonly maxWaitSeconds: number;
  /** The factor from one wait to the next. @default 2 */
  readonly exponentialBase: number;
  /** Randomizes the waits, so that clients that failed together do not retry together. @default true */
  readonly jitter: boolean;
  /** The errors to retry, subclasses included; an empty list means never. @default [ConnectionError, TimeoutError] */
  readonly retryExceptions: readonly ErrorClass[];
}

/** A part of a {@link RetryConfig}; what is absent or undefined is taken from the default. */
export type PartialRetryConfig = { readonly [K in keyof RetryConfig]?: RetryConfig[K] | undefined };

/** 3 attempts, 2 to 30 seconds apart with jitter, for connection errors and timeouts. */
export const DEFAULT_RETRY_CONFIG: RetryConfig = /* @__PURE__ */ Object.freeze({
  maxAttempts: 3,
  minWaitSeconds: 2,
  maxWaitSeconds: 30,
  exponentialBase: 2,
  jitter: true,
  retryExceptions: /* @__PURE__ */ Object.freeze([ConnectionError, TimeoutError]),
});

/**
 * Converts a config to the options of {@link Retrying}. With a logger, every failed attempt and every retry is logged
 * as a warning; a call that succeeds at once logs nothing.
 *
 * Differs from tenacity: with jitter the first wait is drawn from [min, min * base] too. Strict full jitter makes it
 * exactly `min`, so all clients that failed together would retry together.
 *
 * @throws RangeError that names the field, for a bad value.
 *
 * @example
 * ```ts
 * import { buildRetryOptions, Retrying } from "holdfast/retry";
 * import { FakeClock, recordRetries } from "holdfast/retry/testing";
 *
 * const config = { maxAttempts: 4, minWaitSeconds: 1, jitter: false, retryExceptions: [Error] };
 * const { options, waitsMs } = recordRetries({ ...buildRetryOptions(config), clock: new FakeClock() });
 * await new Retrying(options).call(() => Promise.reject(new Error("down"))).catch(() => {});
 * console.log(waitsMs);
 * // prints: [ 1000, 2000, 4000 ]
 * ```
 */
export function buildRetryOptions(config: PartialRetryConfig = {}, logger?: RetryLogger): RetryOptions {
  const { maxAttempts, minWaitSeconds, maxWaitSeconds, exponentialBase, jitter, retryExceptions } = completed(config);
  const min = minWaitSeconds * 1000;
  const bounds = { min, max: maxWaitSeconds * 1000, expBase: exponentialBase };
  return {
    stop: stopAfterAttempt(maxAttempts),
    wait: jitter
      ? waitRandomExponential({ ...bounds, multiplier: min * exponentialBase || 1000 })
      : waitExponential({ ...bounds, multiplier: min || 1000 }),
    retry: retryIfExceptionType(...retryExceptions),
    ...(logger && { before: fromSecondAttempt(beforeLog(logger, "warn")), after: afterLog(logger, "warn") }),
  };
}

/** The config with its defaults, after every field was checked. */
function completed(partial: PartialRetryConfig): RetryConfig {
  const config: RetryConfig = { ...DEFAULT_RETRY_CONFIG, ...defined(partial) };
  const { minWaitSeconds, maxWaitSeconds, jitter, retryExceptions } = config;
  wholeCount("maxAttempts", config.maxAttempts);
  atLeast(0, "minWaitSeconds", minWaitSeconds);
  atLeast(0, "maxWaitSeconds", maxWaitSeconds);
  if (maxWaitSeconds < minWaitSeconds)
    refuse("maxWaitSeconds", `>= minWaitSeconds (${minWaitSeconds})`, maxWaitSeconds);
  atLeast(1, "exponentialBase", config.exponentialBase);
  if (typeof jitter !== "boolean") refuse("jitter", "true or false", jitter);
  if (!Array.isArray(retryExceptions)) refuse("retryExceptions", "an array of error classes", retryExceptions);
  areClasses("retryExceptions", retryExceptions);
  return config;
}

function fromSecondAttempt(hook: (state: RetryState) => unknown): RetryHook {
  return (state) => (state.attemptNumber > 1 ? hook(state) : undefined);
}
