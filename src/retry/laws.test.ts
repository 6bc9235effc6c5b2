import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  RetryError,
  Retrying,
  stopAfterAttempt,
  stopAny,
  stopNever,
  waitExponential,
  waitFixed,
  waitNone,
  waitRandomExponential,
} from "./index.ts";
import { FakeClock, recordRetries, seededRandom } from "./testing/index.ts";
import { runs } from "../../test/runs.ts";

const boom = new Error("boom");

describe("laws of a whole call", () => {
  test("with a timeout no call takes longer than that plus 1 ms, whatever attempts and waits do", async () => {
    const durations = fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        durations,
        fc.integer({ min: 1, max: 5000 }),
        fc.nat(2000),
        fc.nat(),
        async (takes, timeout, max, seed) => {
          const clock = new FakeClock();
          const random = seededRandom(seed);
          const retrying = new Retrying({
            timeout,
            stop: stopNever,
            wait: waitRandomExponential({ max: max + 1 }),
            clock,
            random,
          });
          const call = retrying.run(async ({ attemptNumber }) => {
            await clock.sleep(takes[attemptNumber % takes.length] ?? 0);
            throw boom;
          });
          await expect(call).rejects.toMatchObject({ reason: "deadline" });
          expect(clock.now()).toBeLessThanOrEqual(timeout + 1);
        },
      ),
      { numRuns: runs(60) },
    );
  });

  test("attempts are numbered 1, 2, 3, ..., at most as many as allowed, and idle time is the sum of the waits", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.nat(15), fc.nat(), async (allowed, failures, seed) => {
        const clock = new FakeClock();
        const { options, attempts, waitsMs } = recordRetries({
          stop: stopAfterAttempt(allowed),
          wait: waitRandomExponential({ multiplier: 10, max: "1s" }),
          clock,
          random: seededRandom(seed),
        });
        let calls = 0;
        const wrapped = new Retrying(options).wrap(async () => {
          if (++calls <= failures) throw boom;
        });
        const error: unknown = await wrapped().catch((error: unknown) => error);
        const made = Math.min(allowed, failures + 1);
        expect(error instanceof RetryError).toBe(failures >= allowed);
        expect(attempts.map(({ attemptNumber }) => attemptNumber)).toEqual(
          Array.from({ length: made }, (_, i) => i + 1),
        );
        expect(waitsMs.length).toBe(made - 1);
        const idleMs = waitsMs.reduce((sum, ms) => sum + ms, 0);
        expect(wrapped.statistics).toMatchObject({ attemptNumber: made, idleForMs: idleMs });
        expect(clock.now()).toBeCloseTo(idleMs, 6);
      }),
      { numRuns: runs(60) },
    );
  });

  test("stopAny gives up at the earliest of its parts", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }), async (counts) => {
        const stop = stopAny(...counts.map(stopAfterAttempt));
        const call = new Retrying({ stop, wait: waitNone(), sleep: async () => {} }).call(() => Promise.reject(boom));
        await expect(call).rejects.toMatchObject({ attempts: Math.min(...counts), reason: "attempts" });
      }),
      { numRuns: runs(30) },
    );
  });

  test("the same seed gives the same waits", async () => {
    const waitsOf = async (seed: number): Promise<readonly number[]> => {
      const { options, waitsMs } = recordRetries({
        stop: stopAfterAttempt(6),
        clock: new FakeClock(),
        random: seededRandom(seed),
      });
      await new Retrying(options).call(() => Promise.reject(boom)).catch(() => {});
      return waitsMs;
    };
    expect(await waitsOf(1)).toEqual(await waitsOf(1));
    expect(await waitsOf(1)).not.toEqual(await waitsOf(2));
  });
});

describe("under vitest's fake timers", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("waits, zero waits and time limits go by the fake time", async () => {
    const slow = new Retrying({ wait: waitExponential({ multiplier: "1h" }), attemptTimeout: "10s" });
    const error = slow.call(() => new Promise(() => {})).catch((error: unknown) => error);
    const quick = new Retrying({ wait: waitNone() }).call(() => Promise.reject(boom)).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(3 * 3_600_000 + 30_000);
    expect([await error, await quick]).toMatchObject([{ attempts: 3 }, { attempts: 3 }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("an injected sleep is called with 0 too, and no timer is made", async () => {
    const slept: unknown[][] = [];
    const { signal } = new AbortController();
    const sleep = async (...args: unknown[]): Promise<void> => void slept.push(args);
    const zero = new Retrying({ wait: waitNone(), sleep, signal });
    await zero.call(() => Promise.reject(boom)).catch(() => {});
    await zero
      .copy({ wait: waitFixed(5) })
      .call(() => Promise.reject(boom))
      .catch(() => {});
    expect(slept).toEqual([
      [0, signal],
      [0, signal],
      [5, signal],
      [5, signal],
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
