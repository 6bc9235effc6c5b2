import { describe, expect, it } from "vitest";
import { RateBudget } from "./rate-budget.ts";

const request = (known: number, guessed = 0) => ({ known, guessed });

describe("a rate budget", () => {
  it("waits for the slowest of its windows", () => {
    const budget = new RateBudget("api", {
      requests: [
        { limit: 1, per: "1s" },
        { limit: 2, per: "1h" },
      ],
      tokens: [],
    });
    budget.reserve(request(0), 0);
    expect(budget.waitMs(request(0), 0)).toBe(1000);
    budget.reserve(request(0), 1000);
    expect(budget.waitMs(request(0), 1000)).toBe(3_599_000);
  });

  it("counts the truth in place of the estimate once it is known", () => {
    const budget = new RateBudget("api", { requests: [], tokens: [{ limit: 100, per: "1m" }] });
    const reservation = budget.reserve(request(30, 50), 0);
    expect(budget.waitMs(request(30), 0)).toBe(60_000);
    reservation.settle(40);
    expect(budget.waitMs(request(30), 0)).toBe(0);
  });

  it("refuses a request that never fits, and says so", () => {
    const budget = new RateBudget("api", { requests: [], tokens: [{ limit: 100, per: "1m" }] });
    expect(() => budget.assertFits(request(101))).toThrow(
      "The request is about 101 tokens, but api allows only 100 in 60 s, so it would wait forever.",
    );
    expect(() => budget.assertFits(request(100))).not.toThrow();
  });

  it("never refuses a request for what its answer is only guessed to add", () => {
    const budget = new RateBudget("api", { requests: [], tokens: [{ limit: 100, per: "1m" }] });
    budget.assertFits(request(60, 500));
    expect(budget.waitMs(request(60, 500), 0)).toBe(0);
  });
});
