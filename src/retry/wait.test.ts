import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_WAIT } from "./duration.ts";
import { retryState } from "./testing/index.ts";
import {
  type ExponentialWaitOptions,
  waitChain,
  waitCombine,
  waitException,
  waitExponential,
  waitFibonacci,
  waitFixed,
  waitIncrementing,
  waitNone,
  type WaitStrategy,
} from "./wait.ts";
import {
  waitDecorrelatedJitter,
  waitEqualJitter,
  waitExponentialJitter,
  waitFullJitter,
  waitRandom,
  waitRandomExponential,
} from "./wait-jitter.ts";

const at = (wait: WaitStrategy, attemptNumber: number, drawn = 0.5): number =>
  Number(wait(retryState({ attemptNumber, random: () => drawn })));

const row = (wait: WaitStrategy, count = 6, drawn = 0.5): number[] =>
  Array.from({ length: count }, (_, i) => at(wait, i + 1, drawn));

describe("waits without chance", () => {
  test.each<[string, WaitStrategy, number[]]>([
    ["waitNone", waitNone(), [0, 0, 0, 0, 0, 0]],
    ["waitFixed", waitFixed("2s"), [2000, 2000, 2000, 2000, 2000, 2000]],
    [
      "waitIncrementing",
      waitIncrementing({ start: "1s", increment: "2s", max: "6s" }),
      [1000, 3000, 5000, 6000, 6000, 6000],
    ],
    ["waitIncrementing down", waitIncrementing({ start: 500, increment: -200 }), [500, 300, 100, 0, 0, 0]],
    ["waitExponential", waitExponential({ multiplier: 100, max: 1000 }), [100, 200, 400, 800, 1000, 1000]],
    ["waitExponential from min", waitExponential({ multiplier: 100, min: 300 }), [300, 300, 400, 800, 1600, 3200]],
    ["waitFibonacci", waitFibonacci({ multiplier: 10, max: 60 }), [10, 10, 20, 30, 50, 60]],
    ["waitChain", waitChain(waitFixed(1), waitFixed(2), waitFixed(3)), [1, 2, 3, 3, 3, 3]],
    ["waitCombine", waitCombine(waitFixed(5), waitIncrementing({ increment: 1 })), [5, 6, 7, 8, 9, 10]],
  ])("%s: attempt by attempt", (_, wait, expected) => {
    expect(row(wait)).toEqual(expected);
  });

  test("waitChain hands its strategies the call's own attempt number", () => {
    expect(row(waitChain(waitFixed(1), waitFixed(1), waitExponential({ multiplier: 1 })), 5)).toEqual([1, 1, 4, 8, 16]);
  });

  test("plain functions are strategies too, and may answer with a text", () => {
    expect(
      row(
        waitCombine(
          () => "1s",
          ({ attemptNumber }) => attemptNumber,
        ),
        3,
      ),
    ).toEqual([1001, 1002, 1003]);
    expect(
      row(
        waitChain(
          () => "1s",
          () => 5,
        ),
        2,
      ),
    ).toEqual([1000, 5]);
  });

  test("waitException makes the wait from the error", () => {
    const wait = waitException((error) => (error instanceof RangeError ? "5s" : 10));
    expect(wait(retryState({ outcome: { status: "raised", error: new RangeError() } }))).toBe(5000);
    expect(wait(retryState({ outcome: { status: "raised", error: undefined } }))).toBe(10);
    expect(() => wait(retryState({ outcome: { status: "returned", value: 1 } }))).toThrow(
      "needs an attempt that raised an error",
    );
  });

  test("a zero multiplier stays zero where the power is infinite", () => {
    expect(at(waitExponential({ multiplier: 0, min: 7 }), 5000)).toBe(7);
    expect(at(waitFibonacci({ multiplier: 0 }), 5000)).toBe(0);
    expect(at(waitExponentialJitter({ multiplier: 0, jitter: 0 }), 5000)).toBe(0);
  });

  test("without a max the wait ends at MAX_WAIT", () => {
    expect(at(waitExponential(), 5000)).toBe(MAX_WAIT);
    expect(at(waitFibonacci(), 5000)).toBe(MAX_WAIT);
  });
});

describe("waits with chance", () => {
  test.each<[string, WaitStrategy, number[], number[]]>([
    ["waitRandom", waitRandom({ min: 10, max: 30 }), [10, 10, 10, 10], [30, 30, 30, 30]],
    ["waitRandom reversed", waitRandom({ min: 30, max: 10 }), [30, 30, 30, 30], [10, 10, 10, 10]],
    ["waitRandomExponential", waitRandomExponential({ multiplier: 10, max: 50 }), [0, 0, 0, 0], [10, 20, 40, 50]],
    ["waitEqualJitter", waitEqualJitter({ multiplier: 10, max: 50 }), [5, 10, 20, 25], [10, 20, 40, 50]],
    ["waitEqualJitter from min", waitEqualJitter({ multiplier: 10, min: 15 }), [15, 15, 20, 40], [15, 20, 40, 80]],
    [
      "waitExponentialJitter",
      waitExponentialJitter({ multiplier: 10, jitter: 5, max: 42 }),
      [10, 20, 40, 42],
      [15, 25, 42, 42],
    ],
    ["waitDecorrelatedJitter", waitDecorrelatedJitter({ base: 10, max: 50 }), [10, 10, 10, 10], [30, 30, 30, 30]],
  ])("%s is drawn between its bounds", (_, wait, low, high) => {
    expect(row(wait, 4, 0)).toEqual(low);
    expect(row(wait, 4, 1)).toEqual(high);
  });

  test("waitFullJitter is waitRandomExponential", () => {
    expect(waitFullJitter).toBe(waitRandomExponential);
  });

  test("waitDecorrelatedJitter goes up from the wait before, and its window ends at max", () => {
    const wait = waitDecorrelatedJitter({ base: 10, max: 50 });
    const after = (upcomingSleepMs: number, drawn: number): unknown =>
      wait(retryState({ upcomingSleepMs, random: () => drawn }));
    expect([after(12, 1), after(12, 0), after(50, 1), after(50, 0.5)]).toEqual([36, 10, 50, 30]);
  });

  test("a draw up to an infinite bound is infinite and never NaN", () => {
    expect(at(waitRandomExponential({ max: Infinity }), 5000, 0)).toBe(Infinity);
    expect(at(waitRandom({ max: Infinity }), 1, 0)).toBe(Infinity);
  });
});

const attempts = fc.oneof(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 5000 }));
const drawn = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const options = fc.record({
  multiplier: fc.double({ min: 0, max: 1e6, noNaN: true }),
  min: fc.double({ min: 0, max: 1e6, noNaN: true }),
  max: fc.double({ min: 0, max: 1e9, noNaN: true }),
  expBase: fc.double({ min: 0, max: 10, noNaN: true }),
});

const EXPONENTIAL: Readonly<Record<string, (options: ExponentialWaitOptions) => WaitStrategy>> = {
  waitExponential,
  waitRandomExponential,
  waitEqualJitter,
  waitExponentialJitter,
};

describe("laws", () => {
  test.each(Object.entries(EXPONENTIAL))(
    "%s stays in [min, max], or is min when that is more, and is never NaN",
    (_, make) => {
      fc.assert(
        fc.property(options, attempts, drawn, (bounds, attemptNumber, chance) => {
          const waitMs = at(make(bounds), attemptNumber, chance);
          expect(waitMs).toBeGreaterThanOrEqual(bounds.min);
          expect(waitMs).toBeLessThanOrEqual(Math.max(bounds.min, bounds.max));
        }),
      );
    },
  );

  test("waitRandom, waitDecorrelatedJitter and waitFibonacci stay inside their bounds", () => {
    fc.assert(
      fc.property(options, attempts, drawn, ({ min, max, multiplier }, attemptNumber, chance) => {
        const random = at(waitRandom({ min, max }), attemptNumber, chance);
        expect(random).toBeGreaterThanOrEqual(Math.min(min, max));
        expect(random).toBeLessThanOrEqual(Math.max(min, max));
        const state = retryState({ attemptNumber, random: () => chance, upcomingSleepMs: multiplier });
        const decorrelated = waitDecorrelatedJitter({ base: min, max })(state);
        expect(decorrelated).toBeGreaterThanOrEqual(Math.min(min, max));
        expect(decorrelated).toBeLessThanOrEqual(max);
        expect(at(waitFibonacci({ multiplier, max }), attemptNumber)).toBeLessThanOrEqual(max);
      }),
    );
  });

  test("exponential waits never fall from one attempt to the next when the base is 1 or more", () => {
    fc.assert(
      fc.property(options, attempts, (bounds, attemptNumber) => {
        const wait = waitExponential({ ...bounds, expBase: 1 + (bounds.expBase ?? 0) });
        expect(at(wait, attemptNumber + 1)).toBeGreaterThanOrEqual(at(wait, attemptNumber));
      }),
    );
  });

  test.each([
    ["waitRandomExponential", waitRandomExponential({ max: 1000 })],
    ["waitEqualJitter", waitEqualJitter({ max: 1000 })],
    ["waitDecorrelatedJitter", waitDecorrelatedJitter({ base: 10, max: 1000 })],
  ])("the jitter of %s is alive at the cap: different draws, different waits", (_, wait) => {
    fc.assert(
      fc.property(fc.tuple(drawn, drawn), ([a, b]) => {
        fc.pre(Math.abs(a - b) > 1e-6);
        const capped = (chance: number): unknown =>
          wait(retryState({ attemptNumber: 100, upcomingSleepMs: 1000, random: () => chance }));
        expect(capped(a)).not.toBe(capped(b));
      }),
    );
  });

  test("waitExponentialJitter, as tenacity has it, waits the same for everybody at the cap", () => {
    expect(at(waitExponentialJitter({ max: 1000 }), 100, 0)).toBe(at(waitExponentialJitter({ max: 1000 }), 100, 0.9));
  });
});

describe("refused at construction, by name", () => {
  const cases: readonly [string, () => unknown][] = [
    ["waitFixed", () => waitFixed(-1)],
    ["start", () => waitIncrementing({ start: -1 })],
    ["increment", () => waitIncrementing({ increment: Number.NaN })],
    ["increment", () => waitIncrementing({ increment: -Infinity })],
    ["max", () => waitIncrementing({ max: -1 })],
    ["multiplier", () => waitExponential({ multiplier: -1 })],
    ["min", () => waitExponential({ min: Number.NaN })],
    ["max", () => waitRandomExponential({ max: -1 })],
    ["expBase", () => waitExponential({ expBase: Number.NaN })],
    ["expBase", () => waitEqualJitter({ expBase: Infinity })],
    ["jitter", () => waitExponentialJitter({ jitter: -1 })],
    ["min", () => waitRandom({ min: -1 })],
    ["base", () => waitDecorrelatedJitter({ base: -1 })],
    ["multiplier", () => waitFibonacci({ multiplier: -1 })],
    ["waitChain", () => waitChain()],
  ];
  test.each(cases)("%s", (name, make) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(`\`${name}\``);
  });

  test("an option that is undefined takes its default", () => {
    expect(
      row(waitExponential({ multiplier: undefined, max: undefined, min: undefined, expBase: undefined }), 3),
    ).toEqual([1000, 2000, 4000]);
  });
});
