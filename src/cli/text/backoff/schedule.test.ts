import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  buildRetryOptions,
  waitDecorrelatedJitter,
  waitExponential,
  waitNone,
  type WaitStrategy,
} from "../../../retry/index.ts";
import { scheduleOf } from "./schedule.ts";
import { STRATEGY_NAMES, strategyOf } from "./strategies.ts";
import { runs } from "../../../../test/runs.ts";

const spread = (minMs: number, meanMs = minMs, maxMs = minMs): unknown => ({ minMs, meanMs, maxMs });
const ofDefaultConfig: WaitStrategy = buildRetryOptions().wait ?? waitNone();

describe("scheduleOf", () => {
  it("waits 2 to 4 s, then 2 to 8 s with a RetryConfig's defaults", () => {
    const [first, second, third] = scheduleOf(ofDefaultConfig, 3);
    expect(first).toEqual({ attemptNumber: 1, wait: spread(0), passed: spread(0) });
    expect(second).toMatchObject({
      attemptNumber: 2,
      wait: { minMs: 2000, meanMs: expect.closeTo(3000, 6), maxMs: 4000 },
    });
    expect(third).toMatchObject({
      attemptNumber: 3,
      wait: { minMs: 2000, meanMs: expect.closeTo(5000, 6), maxMs: 8000 },
    });
    expect(third).toMatchObject({ passed: { minMs: 4000, meanMs: expect.closeTo(8000, 6), maxMs: 12_000 } });
  });

  it("is exact without jitter", () => {
    const waits = scheduleOf(waitExponential({ multiplier: "2s", max: "30s" }), 7).map(({ wait }) => wait);
    expect(waits).toEqual([0, 2000, 4000, 8000, 16_000, 30_000, 30_000].map((ms) => spread(ms)));
  });

  it("knows the wait before, on which decorrelated jitter builds", () => {
    const schedule = scheduleOf(waitDecorrelatedJitter({ base: "1s", max: "20s" }), 5);
    expect(schedule.map(({ wait }) => wait.maxMs)).toEqual([0, 3000, 9000, 20_000, 20_000]);
    // Attempt 3 waits between 1 s and three times a wait whose mean is 2 s.
    expect(schedule[2]?.wait.meanMs).toBeGreaterThan(3450);
    expect(schedule[2]?.wait.meanMs).toBeLessThan(3550);
  });

  it("has no wait in a single attempt", () => {
    expect(scheduleOf(ofDefaultConfig, 1)).toEqual([{ attemptNumber: 1, wait: spread(0), passed: spread(0) }]);
  });

  it("keeps the mean between the bounds and adds up what has passed, for every strategy", () => {
    const waits = fc.record({
      minWaitSeconds: fc.double({ min: 0, max: 5, noNaN: true }),
      maxWaitSeconds: fc.double({ min: 5, max: 60, noNaN: true }),
      exponentialBase: fc.double({ min: 1, max: 4, noNaN: true }),
      jitter: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.constantFrom(...STRATEGY_NAMES), waits, (name, config) => {
        let passedMs = 0;
        for (const { wait, passed } of scheduleOf(strategyOf(name, config) ?? waitNone(), 4)) {
          expect(wait.meanMs).toBeGreaterThanOrEqual(wait.minMs - 1e-6);
          expect(wait.meanMs).toBeLessThanOrEqual(wait.maxMs + 1e-6);
          passedMs += wait.maxMs;
          expect(passed.maxMs).toBe(passedMs);
        }
      }),
      { numRuns: runs(20) },
    );
  });
});
