import { describe, expect, it } from "vitest";
import {
  buildRetryOptions,
  waitDecorrelatedJitter,
  waitEqualJitter,
  waitExponential,
  waitExponentialJitter,
  waitFibonacci,
  waitFixed,
  waitFullJitter,
  type WaitStrategy,
} from "../../../retry/index.ts";
import { retryState } from "../../../retry/testing/index.ts";
import { describeWaits, STRATEGY_NAMES, strategyOf, type StrategyName } from "./strategies.ts";

const waits = { minWaitSeconds: 1.5, maxWaitSeconds: 9, exponentialBase: 3, jitter: true };
const bounds = { multiplier: "1.5s", max: "9s", expBase: 3 } as const;

const MEANT: Readonly<Record<StrategyName, WaitStrategy | undefined>> = {
  "retry-config": buildRetryOptions(waits).wait,
  "full-jitter": waitFullJitter(bounds),
  "equal-jitter": waitEqualJitter(bounds),
  decorrelated: waitDecorrelatedJitter({ base: "1.5s", max: "9s" }),
  exponential: waitExponential(bounds),
  "exponential-jitter": waitExponentialJitter(bounds),
  fixed: waitFixed("1.5s"),
  fibonacci: waitFibonacci({ multiplier: "1.5s", max: "9s" }),
};

describe("strategyOf", () => {
  it.each(STRATEGY_NAMES)("gives the engine's own strategy for %s", (name) => {
    const waitsOf = (wait: WaitStrategy | undefined): unknown =>
      [1, 2, 3, 4].flatMap((attemptNumber) =>
        [0, 0.25, 0.75].map((drawn) =>
          wait?.(retryState({ attemptNumber, upcomingSleepMs: 2000, random: () => drawn })),
        ),
      );
    expect(waitsOf(strategyOf(name, waits))).toEqual(waitsOf(MEANT[name]));
    expect(waitsOf(MEANT[name])).not.toContain(undefined);
  });

  it("takes the jitter away from a RetryConfig", () => {
    const wait = strategyOf("retry-config", { ...waits, jitter: false });
    expect(wait?.(retryState({ attemptNumber: 2 }))).toBe(4500);
  });
});

describe("describeWaits", () => {
  const usual = { minWaitSeconds: 2, maxWaitSeconds: 30, exponentialBase: 2, jitter: true };
  it.each([
    ["retry-config", usual, "2 s to 30 s"],
    ["retry-config", { ...usual, jitter: false }, "2 s to 30 s, no jitter"],
    ["full-jitter", { ...usual, exponentialBase: 3 }, "2 s to 30 s, base 3"],
    ["decorrelated", { ...usual, exponentialBase: 3 }, "2 s to 30 s"],
    ["fixed", usual, "2 s"],
  ] as const)("says of %s with %o: %s", (name, waits, text) => {
    expect(describeWaits(name, waits)).toBe(text);
  });
});
