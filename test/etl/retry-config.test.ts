import { describe, expect, test } from "vitest";
import {
  buildRetryOptions,
  ConnectionError,
  DEFAULT_RETRY_CONFIG,
  type PartialRetryConfig,
  Retrying,
  type RetryState,
  TimeoutError,
} from "../../src/retry/index.ts";
import { retryState } from "../../src/retry/testing/index.ts";

/** The waits after attempts 1, 2, 3, ... when the random draw is always `drawn`. */
function waitsOf(config: PartialRetryConfig, drawn: number, count = 5): unknown[] {
  const { wait } = buildRetryOptions(config);
  return Array.from({ length: count }, (_, i) => wait?.(retryState({ attemptNumber: i + 1, random: () => drawn })));
}

function retries(config: PartialRetryConfig, error: unknown): unknown {
  return buildRetryOptions(config).retry?.(retryState({ outcome: { status: "raised", error } }));
}

describe("RetryConfig conversion", () => {
  test("the default config gives stop, wait and retry, and no logging", () => {
    const options = buildRetryOptions(DEFAULT_RETRY_CONFIG);
    expect(Object.keys(options).sort()).toEqual(["retry", "stop", "wait"]);
    expect(new Retrying(options)).toBeInstanceOf(Retrying);
  });

  test("maxAttempts is the number of calls, the first one included", () => {
    const { stop } = buildRetryOptions({ maxAttempts: 5 });
    const stopsAt = (attemptNumber: number): unknown => stop?.(retryState({ attemptNumber }));
    expect([1, 2, 3, 4, 5, 6].map(stopsAt)).toEqual([false, false, false, false, true, true]);
  });

  test("custom wait times bound every wait", () => {
    const config = { minWaitSeconds: 1, maxWaitSeconds: 10 };
    expect(waitsOf(config, 0)).toEqual([1000, 1000, 1000, 1000, 1000]);
    expect(waitsOf(config, 1)).toEqual([2000, 4000, 8000, 10_000, 10_000]);
  });

  test("the default draws from 2 to 4, 8, 16, 30 and 30 seconds", () => {
    expect(waitsOf({}, 0)).toEqual([2000, 2000, 2000, 2000, 2000]);
    expect(waitsOf({}, 1)).toEqual([4000, 8000, 16_000, 30_000, 30_000]);
  });

  test("without jitter the waits are the plain exponential: 2, 4, 8, 16, 30 seconds", () => {
    expect(waitsOf({ jitter: false }, 0.5)).toEqual([2000, 4000, 8000, 16_000, 30_000]);
    expect(waitsOf({ jitter: false, exponentialBase: 3 }, 0.5)).toEqual([2000, 6000, 18_000, 30_000, 30_000]);
  });

  test("a shortest wait of 0 counts from one second", () => {
    expect(waitsOf({ jitter: false, minWaitSeconds: 0 }, 0.5)).toEqual([1000, 2000, 4000, 8000, 16_000]);
    expect(waitsOf({ minWaitSeconds: 0 }, 0)).toEqual([0, 0, 0, 0, 0]);
    expect(waitsOf({ minWaitSeconds: 0 }, 1)).toEqual([1000, 2000, 4000, 8000, 16_000]);
  });

  test("custom exceptions replace the default ones", () => {
    class ApiError extends Error {}
    expect(retries({ retryExceptions: [ApiError] }, new ApiError())).toBe(true);
    expect(retries({ retryExceptions: [ApiError] }, new ConnectionError())).toBe(false);
    expect(retries({}, new ConnectionError())).toBe(true);
    expect(retries({}, new TimeoutError())).toBe(true);
    expect(retries({}, new ApiError())).toBe(false);
  });

  test("DEFAULT_RETRY_CONFIG is valid, frozen, and means 3 attempts", () => {
    expect(DEFAULT_RETRY_CONFIG).toEqual({
      maxAttempts: 3,
      minWaitSeconds: 2,
      maxWaitSeconds: 30,
      exponentialBase: 2,
      jitter: true,
      retryExceptions: [ConnectionError, TimeoutError],
    });
    expect(Object.isFrozen(DEFAULT_RETRY_CONFIG)).toBe(true);
    expect(Object.isFrozen(DEFAULT_RETRY_CONFIG.retryExceptions)).toBe(true);
    const stop: ((state: RetryState) => boolean) | undefined = buildRetryOptions().stop;
    expect(stop?.(retryState({ attemptNumber: 3 }))).toBe(true);
  });

  test("a field that is undefined counts as absent", () => {
    const { wait } = buildRetryOptions({ minWaitSeconds: undefined, maxAttempts: undefined, jitter: false });
    expect(wait?.(retryState())).toBe(2000);
  });

  test.each([
    [{ maxAttempts: 0 }, "Expected `maxAttempts` to be an integer >= 1, got 0"],
    [{ maxAttempts: -1 }, "Expected `maxAttempts` to be an integer >= 1, got -1"],
    [{ maxAttempts: 2.5 }, "Expected `maxAttempts` to be an integer >= 1, got 2.5"],
    [{ maxAttempts: Number.NaN }, "Expected `maxAttempts` to be an integer >= 1, got NaN"],
    [{ minWaitSeconds: -1 }, "Expected `minWaitSeconds` to be a number >= 0, got -1"],
    [{ minWaitSeconds: Number.NaN }, "Expected `minWaitSeconds` to be a number >= 0, got NaN"],
    [{ maxWaitSeconds: Infinity }, "Expected `maxWaitSeconds` to be a number >= 0, got Infinity"],
    [{ minWaitSeconds: 5, maxWaitSeconds: 2 }, "Expected `maxWaitSeconds` to be >= minWaitSeconds (5), got 2"],
    [{ exponentialBase: 0 }, "Expected `exponentialBase` to be a number >= 1, got 0"],
  ])("refuses %o and names the field", (config, message) => {
    expect(() => buildRetryOptions(config)).toThrow(new RangeError(message));
  });

  test("refuses what the types would not let through", () => {
    const loose = (config: object): PartialRetryConfig => config;
    expect(() => buildRetryOptions(loose({ jitter: "yes" }))).toThrow("Expected `jitter` to be true or false, got yes");
    expect(() => buildRetryOptions(loose({ maxAttempts: "3" }))).toThrow("`maxAttempts`");
    expect(() => buildRetryOptions(loose({ retryExceptions: Error }))).toThrow("`retryExceptions`");
    expect(() => buildRetryOptions(loose({ retryExceptions: ["Error"] }))).toThrow("`retryExceptions`");
  });
});
