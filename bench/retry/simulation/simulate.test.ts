import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  buildRetryOptions,
  type RetryOptions,
  stopAfterAttempt,
  waitExponential,
  waitExponentialJitter,
  waitFixed,
  waitFullJitter,
  waitRandom,
  waitRetryAfter,
} from "../../../src/retry/index.ts";
import { idealMs, MAX_REQUESTS, simulate } from "./simulate.ts";

const crowd = { clients: 2000, ratePerSecond: 50 };
const impatient = { multiplier: "0.5s", max: "20s" } as const;

describe("simulate", () => {
  it("takes 39 s at the very best for 2,000 clients of a server that answers 50 requests a second", () => {
    expect(idealMs(crowd)).toBe(39_000);
  });

  const rows: readonly (readonly [string, RetryOptions["wait"], number, number])[] = [
    ["exponential backoff without jitter", waitExponential(impatient), 651, 653],
    ["exponential backoff whose jitter dies at the cap", waitExponentialJitter(impatient), 230, 240],
    ["full jitter", waitFullJitter(impatient), 39, 50],
    ["a RetryConfig's waits", buildRetryOptions().wait, 39, 58],
    ["Retry-After to the letter", waitRetryAfter({ jitter: 0 }), 370, 372],
    ["Retry-After with our jitter", waitRetryAfter(), 39, 55],
  ];
  it.each(rows)("serves them all in the expected time with %s", (_, wait, least, most) => {
    const { served, endedAtMs } = simulate({ wait }, crowd);
    expect(served).toBe(2000);
    expect(endedAtMs / 1000).toBeGreaterThanOrEqual(least);
    expect(endedAtMs / 1000).toBeLessThanOrEqual(most);
  });

  it("needs at most 3 requests per success when the clients heed Retry-After with jitter", () => {
    expect(simulate({ wait: waitRetryAfter() }, crowd).requestsPerSuccess).toBeLessThanOrEqual(3);
  });

  it("gives the same for the same seed and something else for another", () => {
    const wait = waitFullJitter(impatient);
    const first = simulate({ wait }, { ...crowd, seed: 1 });
    expect(simulate({ wait }, { ...crowd, seed: 1 })).toEqual(first);
    expect(simulate({ wait }, { ...crowd, seed: 2 })).not.toEqual(first);
  });

  it("counts every client and every request once, and is never faster than the ideal", () => {
    const crowds = fc.record({
      clients: fc.integer({ min: 1, max: 200 }),
      ratePerSecond: fc.integer({ min: 1, max: 100 }),
    });
    fc.assert(
      fc.property(crowds, fc.integer({ min: 1, max: 6 }), fc.nat(), (options, attempts, seed) => {
        const policy = { wait: waitRandom({ max: "3s" }), stop: stopAfterAttempt(attempts) };
        const { served, gaveUp, unfinished, requests, requestsPerSecond } = simulate(policy, { ...options, seed });
        expect(served + gaveUp).toBe(options.clients);
        expect(unfinished).toBe(0);
        expect(requests).toBeGreaterThanOrEqual(options.clients);
        expect(requests).toBeLessThanOrEqual(options.clients * attempts);
        expect(requestsPerSecond.reduce((sum, each) => sum + each, 0)).toBe(requests);
        const patient = simulate({ wait: policy.wait }, { ...options, seed });
        expect(patient.served).toBe(options.clients);
        expect(patient.endedAtMs).toBeGreaterThanOrEqual(idealMs(options));
      }),
      { numRuns: 50 },
    );
  });

  it("tells strategies the attempt's number, the wait before, and what the server asks for", () => {
    const told: unknown[] = [];
    simulate(
      {
        wait: ({ attemptNumber, upcomingSleepMs, idleForMs, outcome }) => {
          told.push({ attemptNumber, upcomingSleepMs, idleForMs, outcome });
          return attemptNumber * 100;
        },
        stop: stopAfterAttempt(3),
      },
      { clients: 2, ratePerSecond: 1, retryAfterSeconds: 7 },
    );
    const outcome = { status: "returned", value: { status: 429, headers: { "retry-after": "7" } } };
    expect(told).toEqual([
      { attemptNumber: 1, upcomingSleepMs: 0, idleForMs: 0, outcome },
      { attemptNumber: 2, upcomingSleepMs: 100, idleForMs: 100, outcome },
      { attemptNumber: 3, upcomingSleepMs: 200, idleForMs: 300, outcome },
    ]);
  });

  it("leaves first requests out of the peak", () => {
    const { peakRetriesPerSecond, requestsPerSecond } = simulate(
      { wait: waitFixed("10s") },
      { clients: 60, ratePerSecond: 50 },
    );
    expect(requestsPerSecond[0]).toBe(60);
    expect(peakRetriesPerSecond).toBe(60 - 50);
  });

  it("gives up for a client that is asked to wait longer than it accepts", () => {
    const { served, gaveUp } = simulate({ wait: waitRetryAfter() }, { ...crowd, retryAfterSeconds: 61 });
    expect({ served, gaveUp }).toEqual({ served: 50, gaveUp: 1950 });
  });

  it("ends after so many requests when the clients never get through", () => {
    const { requests, served, unfinished } = simulate({ wait: waitFixed(1) }, { clients: 1000, ratePerSecond: 1 });
    expect(requests).toBe(MAX_REQUESTS);
    expect(served + unfinished).toBe(1000);
    expect(unfinished).toBeGreaterThan(900);
  });

  it("serves one request at a time where the rate is below one a second", () => {
    const { served, endedAtMs } = simulate({ wait: waitFixed("1s") }, { clients: 2, ratePerSecond: 0.1 });
    expect(served).toBe(2);
    expect(endedAtMs).toBeGreaterThanOrEqual(idealMs({ clients: 2, ratePerSecond: 0.1 }));
  });
});
