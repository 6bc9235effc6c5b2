import { describe, expect, test } from "vitest";
import { ConnectionError, createRetryDecorator, retryCall, RetryError } from "../../src/retry/index.ts";
import { retryState } from "../../src/retry/testing/index.ts";
import { failingWith, WITHOUT_WAIT } from "./retry-fixtures.ts";

describe("createRetryDecorator", () => {
  test("gives a decorator that retries", async () => {
    const retryTwice = createRetryDecorator({ ...WITHOUT_WAIT, maxAttempts: 2 });
    const once = failingWith(new ConnectionError("reset"));
    const twice = failingWith(new ConnectionError("reset"), new ConnectionError("reset"));
    expect(await retryTwice(once)()).toBe("ok");
    await expect(retryTwice(twice)()).rejects.toBeInstanceOf(RetryError);
    expect([once.calls, twice.calls]).toEqual([2, 2]);
  });

  test("without a config it is the default one: 3 attempts, 2 to 4 seconds after the first", () => {
    const { stop, wait } = createRetryDecorator()(async () => {}).retry.options;
    expect([1, 2, 3].map((attemptNumber) => stop?.(retryState({ attemptNumber })))).toEqual([false, false, true]);
    expect([0, 1].map((drawn) => wait?.(retryState({ random: () => drawn })))).toEqual([2000, 4000]);
  });

  test("one decorator serves many functions", async () => {
    const decorate = createRetryDecorator(WITHOUT_WAIT);
    const wrapped = [1, 2, 3].map((n) => decorate(async () => n));
    expect(await Promise.all(wrapped.map((fn) => fn()))).toEqual([1, 2, 3]);
  });

  test("retryCall makes one call under a config", async () => {
    const add = failingWith(new ConnectionError("reset"));
    expect(await retryCall(add, WITHOUT_WAIT)).toBe("ok");
    expect(await retryCall(async (a: number, b: number) => a + b, WITHOUT_WAIT, undefined, 20, 22)).toBe(42);
  });
});
