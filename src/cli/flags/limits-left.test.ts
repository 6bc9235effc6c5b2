import { expect, it } from "vitest";
import { duration } from "./time-values.ts";
import { limitsLeft, type UsedUp } from "./limits-left.ts";
import type { LimitFlags } from "./limit-flags.ts";

const used = { elapsedMs: 61_500, cost: 0.75, tokens: 400 };

it.each<[given: LimitFlags, used: UsedUp, left: LimitFlags]>([
  [{ maxTime: "10m" }, used, { maxTime: "538s" }],
  [{ maxTime: "1m" }, used, { maxTime: "1ms" }],
  [{ maxTime: "70s" }, used, { maxTime: "8500ms" }],
  [{ maxCost: 2 }, used, { maxCost: 1.25 }],
  [{ maxCost: 0.75 }, used, { maxCost: Number.EPSILON }],
  [{ maxTokens: 1_000 }, used, { maxTokens: 600 }],
  [{ maxTokens: 400 }, used, { maxTokens: 1 }],
  [{ maxCost: 2, maxTokens: 1_000 }, { elapsedMs: 61_500 }, { maxCost: 2, maxTokens: 1_000 }],
  // Read as of the command's start, or about the items of a run.
  [{ until: "06:00" }, used, { until: "06:00" }],
  [
    { limit: 5, failOnError: "5%", maxConsecutiveFailures: 3 },
    used,
    { limit: 5, failOnError: "5%", maxConsecutiveFailures: 3 },
  ],
  [
    { requestsPerSecond: 2, maxOutage: 30, price: [1, 2] },
    used,
    { requestsPerSecond: 2, maxOutage: 30, price: [1, 2] },
  ],
])("of %o, after %o, there is left: %o", (given, usedUp, left) => {
  const found = limitsLeft(given, usedUp);
  expect(found).toEqual(left);
  if (typeof found.maxTime === "string") expect(duration(found.maxTime)).toBe(found.maxTime);
});
