import { describe, expect, test } from "vitest";
import { buildRetryOptions, ConnectionError, Retrying } from "../../src/retry/index.ts";
import { retryState } from "../../src/retry/testing/index.ts";

describe("exponential backoff and jitter", () => {
  test("every wait lies between minWaitSeconds and maxWaitSeconds", () => {
    const { wait } = buildRetryOptions({ minWaitSeconds: 1, maxWaitSeconds: 10 });
    for (let attemptNumber = 1; attemptNumber <= 50; attemptNumber++) {
      const waitMs = wait?.(retryState({ attemptNumber, random: Math.random }));
      expect(waitMs).toBeGreaterThanOrEqual(1000);
      expect(waitMs).toBeLessThanOrEqual(10_000);
    }
  });

  test("without jitter the first wait is minWaitSeconds", () => {
    const { wait } = buildRetryOptions({ minWaitSeconds: 3, jitter: false });
    expect(wait?.(retryState({ attemptNumber: 1 }))).toBe(3000);
  });

  test.each([1, 2, 3, 10])("with jitter the waits after attempt %i differ from draw to draw", (attemptNumber) => {
    const { wait } = buildRetryOptions();
    const waits = Array.from({ length: 50 }, () => wait?.(retryState({ attemptNumber, random: Math.random })));
    expect(new Set(waits).size).toBeGreaterThan(40);
  });

  test("the waits are what the call sleeps", async () => {
    const slept: number[] = [];
    const retrying = new Retrying({
      ...buildRetryOptions({ maxAttempts: 4, jitter: false }),
      sleep: async (delayMs) => void slept.push(delayMs),
    });
    const failing = retrying.call(() => Promise.reject(new ConnectionError("reset")));
    await expect(failing).rejects.toThrow("gave up after 4 attempts");
    expect(slept).toEqual([2000, 4000, 8000]);
  });
});
