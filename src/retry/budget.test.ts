import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { flaky, rejected } from "./fixtures/flaky.ts";
import { RetryBudget, Retrying, retryNever, type RetryOptions, waitNone } from "./index.ts";

const quick: RetryOptions = { wait: waitNone() };

describe("a retry budget", () => {
  test("lets first attempts through and refuses retries at half of its tokens and below", async () => {
    const budget = new RetryBudget({ maxTokens: 4, tokenRatio: 0.5 });
    const retrying = new Retrying({ ...quick, budget });
    // 4 -> 3: allowed; 3 -> 2: half, refused.
    expect(await rejected(retrying.call(flaky(9)))).toMatchObject({ attempts: 2, reason: "budget" });
    expect(budget.tokens).toBe(2);
    expect(await rejected(retrying.call(flaky(9)))).toMatchObject({ attempts: 1, reason: "budget" });
    for (let i = 0; i < 6; i++) await retrying.call(flaky(0));
    expect(budget.tokens).toBe(4);
    expect(await retrying.call(flaky(1))).toBe("ok");
  });

  test("is not charged for an error that is not to be retried", async () => {
    const budget = new RetryBudget();
    await rejected(new Retrying({ budget, retry: retryNever }).call(flaky(1)));
    expect(budget.tokens).toBe(10);
  });

  test("stays between nothing and full", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), fc.double({ min: 0.1, max: 100, noNaN: true }), (outcomes, maxTokens) => {
        const budget = new RetryBudget({ maxTokens, tokenRatio: 0.3 });
        for (const isSuccess of outcomes) {
          if (isSuccess) budget.recordSuccess();
          else budget.recordFailure();
          expect(budget.tokens).toBeGreaterThanOrEqual(0);
          expect(budget.tokens).toBeLessThanOrEqual(maxTokens);
          expect(budget.allowsRetry).toBe(budget.tokens > maxTokens / 2);
        }
      }),
    );
  });

  test.each([
    [{ maxTokens: 0 }, "maxTokens"],
    [{ maxTokens: Number.NaN }, "maxTokens"],
    [{ maxTokens: Infinity }, "maxTokens"],
    [{ tokenRatio: -1 }, "tokenRatio"],
  ])("refuses %o", (options, name) => {
    expect(() => new RetryBudget(options)).toThrow(`\`${name}\``);
  });
});
