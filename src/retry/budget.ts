import { atLeast, refuse } from "./refuse.ts";

/**
 * A token bucket shared by many calls, so that retries do not add load to a service that is down (gRPC proposal A6,
 * retry throttling). A failed attempt that would be retried takes one token, a success gives `tokenRatio` back, and
 * retries are allowed while more than half of the tokens are left. First attempts are always allowed.
 *
 * @example
 * ```ts
 * import { retry, RetryBudget, stopAfterAttempt, waitNone } from "holdfast/retry";
 *
 * // One budget for all calls of a service: at 10 tokens, 5 failures in a row end the retries.
 * const budget = new RetryBudget({ maxTokens: 10 });
 * let calls = 0;
 * const fetchPage = async (): Promise<string> => {
 *   calls += 1;
 *   throw new Error("down");
 * };
 * await retry(fetchPage, { budget, stop: stopAfterAttempt(50), wait: waitNone() }).catch((error) => {
 *   console.log(error.reason, calls, budget.tokens);
 * });
 * // prints: budget 5 5
 * ```
 */
export class RetryBudget {
  readonly #maxTokens: number;
  readonly #tokenRatio: number;
  #tokens: number;

  constructor({
    maxTokens = 10,
    tokenRatio = 0.1,
  }: { readonly maxTokens?: number | undefined; readonly tokenRatio?: number | undefined } = {}) {
    this.#maxTokens =
      maxTokens > 0 ? atLeast(0, "maxTokens", maxTokens) : refuse("maxTokens", "a number > 0", maxTokens);
    this.#tokenRatio = atLeast(0, "tokenRatio", tokenRatio);
    this.#tokens = maxTokens;
  }

  /** How many tokens there are now. */
  get tokens(): number {
    return this.#tokens;
  }

  /** True while failed attempts may be retried. */
  get allowsRetry(): boolean {
    return this.#tokens > this.#maxTokens / 2;
  }

  /** Counts a failed attempt. The engine calls it; call it for failures that it does not see. */
  recordFailure(): void {
    this.#tokens = Math.max(0, this.#tokens - 1);
  }

  /** Counts a success. */
  recordSuccess(): void {
    this.#tokens = Math.min(this.#maxTokens, this.#tokens + this.#tokenRatio);
  }
}
