import { type RetryOptions, waitRetryAfter } from "../../retry/index.ts";
import { describeWaits, type StrategyName, strategyOf } from "./strategies.ts";
import { completeWaits, DEFAULT_WAITS, type Waits } from "./waits.ts";

/** A strategy that takes part in a simulation. */
export interface Contender {
  readonly strategy: string;
  /** What tells it from another use of the same strategy: `0.5 s to 20 s, base 2`. */
  readonly waits: string;
  readonly wait: RetryOptions["wait"];
}

/**
 * Who takes part: the strategy of that name, or those worth comparing. `given` are the waits that were asked for; the
 * rest are a RetryConfig's own for `retry-config`, and 0.5 s to 20 s for the others, which the literature compares with.
 */
export function contendersOf(strategy: StrategyName | undefined, given: Partial<Waits>): readonly Contender[] {
  if (strategy !== undefined) return [contenderOf(strategy, given)];
  return [...COMPARED.map((name) => contenderOf(name, given)), ...HEEDING];
}

const COMPARED: readonly StrategyName[] = [
  "exponential",
  "exponential-jitter",
  "equal-jitter",
  "decorrelated",
  "full-jitter",
  "retry-config",
];

/** They do as the server asks: to the letter, and as Holdfast does. */
const HEEDING: readonly Contender[] = [
  { strategy: "Retry-After", waits: "exactly as asked", wait: waitRetryAfter({ jitter: 0 }) },
  { strategy: "waitRetryAfter", waits: "asked and jitter", wait: waitRetryAfter() },
];

function contenderOf(name: StrategyName, given: Partial<Waits>): Contender {
  const waits = completeWaits(given, name === "retry-config" ? DEFAULT_WAITS : IMPATIENT);
  return { strategy: name, waits: describeWaits(name, waits), wait: strategyOf(name, waits) };
}

const IMPATIENT: Waits = { minWaitSeconds: 0.5, maxWaitSeconds: 20, exponentialBase: 2, jitter: true };
