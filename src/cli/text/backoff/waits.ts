import { HoldfastError } from "../../../core/failure/index.ts";
import { DEFAULT_RETRY_CONFIG, type RetryConfig } from "../../../retry/index.ts";

/** The part of a RetryConfig that has to do with waiting. */
export type Waits = Pick<RetryConfig, "minWaitSeconds" | "maxWaitSeconds" | "exponentialBase" | "jitter">;

/** What a RetryConfig with nothing set has. */
export const DEFAULT_WAITS: Waits = {
  minWaitSeconds: DEFAULT_RETRY_CONFIG.minWaitSeconds,
  maxWaitSeconds: DEFAULT_RETRY_CONFIG.maxWaitSeconds,
  exponentialBase: DEFAULT_RETRY_CONFIG.exponentialBase,
  jitter: DEFAULT_RETRY_CONFIG.jitter,
};

/**
 * The given values, merged over the defaults.
 *
 * @throws HoldfastError when the longest wait would be shorter than the shortest, as a RetryConfig refuses it.
 */
export function completeWaits(given: Partial<Waits>, defaults: Waits): Waits {
  const waits = { ...defaults, ...given };
  const { minWaitSeconds, maxWaitSeconds } = waits;
  if (maxWaitSeconds >= minWaitSeconds) return waits;
  const got = given.maxWaitSeconds === undefined ? `its default, ${maxWaitSeconds}` : maxWaitSeconds;
  throw new HoldfastError("usage", `Expected --max-wait to be >= --min-wait (${minWaitSeconds}), got ${got}.`, {
    hint: `Give --max-wait ${minWaitSeconds} or more.`,
  });
}
