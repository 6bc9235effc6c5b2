import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { unlessUnresponsive } from "./watchdog.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const answering = { get: async () => undefined };
const mute = { get: () => new Promise<undefined>(() => {}) };

describe("work that ends with the database's help", () => {
  it("is waited for as long as the database answers", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = unlessUnresponsive(promise, answering, { forMs: 3_000 });
    await vi.advanceTimersByTimeAsync(60_000);
    resolve();
    expect(await done).toBe(true);
  });

  it("is given up when the database has been silent for so long, and leaves no timer behind", async () => {
    const done = unlessUnresponsive(new Promise(() => {}), mute, { forMs: 3_000 });
    await vi.advanceTimersByTimeAsync(4_000);
    expect(await done).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("says why it failed", async () => {
    const failed = unlessUnresponsive(Promise.reject(new Error("refused")), answering, { forMs: 3_000 });
    await expect(failed).rejects.toThrow("refused");
  });

  it("may fail after it was given up, and nobody is bothered", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    try {
      const { promise, reject } = Promise.withResolvers<void>();
      const done = unlessUnresponsive(promise, mute, { forMs: 3_000 });
      await vi.advanceTimersByTimeAsync(4_000);
      expect(await done).toBe(false);
      reject(new Error("the connection was closed"));
      vi.useRealTimers();
      await new Promise((resolve) => setImmediate(resolve));
      expect(unhandled).not.toHaveBeenCalled();
    } finally {
      process.off("unhandledRejection", unhandled);
    }
  });
});
