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
import type { Waits } from "./waits.ts";

export const STRATEGY_NAMES = [
  "retry-config",
  "full-jitter",
  "equal-jitter",
  "decorrelated",
  "exponential",
  "exponential-jitter",
  "fixed",
  "fibonacci",
] as const;
export type StrategyName = (typeof STRATEGY_NAMES)[number];

/** The engine's own strategy of that name. All but `retry-config` take `minWaitSeconds` as the size of the first wait. */
export function strategyOf(name: StrategyName, waits: Waits): WaitStrategy | undefined {
  return STRATEGIES[name](waits);
}

/** What distinguishes two uses of a strategy: `2 s to 30 s`, and what is unusual about it. */
export function describeWaits(name: StrategyName, waits: Waits): string {
  const { minWaitSeconds, maxWaitSeconds, exponentialBase, jitter } = waits;
  if (name === "fixed") return `${minWaitSeconds} s`;
  const base = BASELESS.has(name) || exponentialBase === 2 ? "" : `, base ${exponentialBase}`;
  return `${minWaitSeconds} s to ${maxWaitSeconds} s${base}${jitter ? "" : ", no jitter"}`;
}

const BASELESS: ReadonlySet<StrategyName> = new Set(["decorrelated", "fibonacci"]);

const STRATEGIES: Readonly<Record<StrategyName, (waits: Waits) => WaitStrategy | undefined>> = {
  "retry-config": (waits) => buildRetryOptions(waits).wait,
  "full-jitter": (waits) => waitFullJitter(exponentialOf(waits)),
  "equal-jitter": (waits) => waitEqualJitter(exponentialOf(waits)),
  decorrelated: ({ minWaitSeconds, maxWaitSeconds }) =>
    waitDecorrelatedJitter({ base: minWaitSeconds * 1000, max: maxWaitSeconds * 1000 }),
  exponential: (waits) => waitExponential(exponentialOf(waits)),
  "exponential-jitter": (waits) => waitExponentialJitter(exponentialOf(waits)),
  fixed: ({ minWaitSeconds }) => waitFixed(minWaitSeconds * 1000),
  fibonacci: ({ minWaitSeconds, maxWaitSeconds }) =>
    waitFibonacci({ multiplier: minWaitSeconds * 1000, max: maxWaitSeconds * 1000 }),
};

function exponentialOf({ minWaitSeconds, maxWaitSeconds, exponentialBase }: Waits) {
  return { multiplier: minWaitSeconds * 1000, max: maxWaitSeconds * 1000, expBase: exponentialBase };
}
