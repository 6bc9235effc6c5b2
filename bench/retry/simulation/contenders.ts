import { type RetryOptions, waitRetryAfter } from "../../../src/retry/index.ts";
import { describeWaits, type StrategyName, strategyOf } from "../../../src/cli/text/backoff/strategies.ts";
import { DEFAULT_WAITS, type Waits } from "../../../src/cli/text/backoff/waits.ts";

/** A strategy that takes part in a simulation. */
export interface Contender {
  readonly strategy: string;
  /** What distinguishes it from another use of the same strategy: `0.5 s to 20 s, base 2`. */
  readonly waits: string;
  readonly wait: RetryOptions["wait"];
}

const COMPARED: readonly StrategyName[] = [
  "exponential",
  "exponential-jitter",
  "equal-jitter",
  "decorrelated",
  "full-jitter",
  "retry-config",
];

/** 0.5 s to 20 s, which the literature compares with; a RetryConfig waits as it does with nothing set. */
const SHORT: Waits = { minWaitSeconds: 0.5, maxWaitSeconds: 20, exponentialBase: 2, jitter: true };

/** Strategies worth comparing. The last two do as the server asks: to the letter, and as Holdfast does. */
export const CONTENDERS: readonly Contender[] = [
  ...COMPARED.map((name) => contenderOf(name, name === "retry-config" ? DEFAULT_WAITS : SHORT)),
  { strategy: "Retry-After", waits: "exactly as asked", wait: waitRetryAfter({ jitter: 0 }) },
  { strategy: "waitRetryAfter", waits: "asked and jitter", wait: waitRetryAfter() },
];

function contenderOf(strategy: StrategyName, waits: Waits): Contender {
  return { strategy, waits: describeWaits(strategy, waits), wait: strategyOf(strategy, waits) };
}
