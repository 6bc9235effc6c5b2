import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Retrying, retryIfHttpTransient, stopNever, waitFixed, type WaitStrategy } from "./index.ts";
import { waitRetryAfter } from "./retry-after.ts";
import type { Outcome } from "./state.ts";
import { FakeClock, retryState } from "./testing/index.ts";

const nowMs = Date.UTC(2026, 10, 23, 12, 0, 0);
const FALLBACK_MS = 7;

/** The wait after an answer with these headers, drawn at the given place above what was asked. */
function waitAfter(headers: Record<string, string>, drawn = 0, status = 429, wait?: WaitStrategy): unknown {
  const outcome: Outcome = { status: "returned", value: new Response(null, { status, headers }) };
  const strategy = wait ?? waitRetryAfter({ fallback: waitFixed(FALLBACK_MS) });
  return strategy(retryState({ outcome, random: () => drawn, wallNow: () => nowMs }));
}

describe("waitRetryAfter", () => {
  test.each<[string, Record<string, string>, number]>([
    ["seconds", { "retry-after": "3" }, 3000],
    ["milliseconds", { "retry-after-ms": "1500" }, 1500],
    ["milliseconds before seconds", { "retry-after-ms": "1500", "retry-after": "3" }, 1500],
    ["a date as it is sent today", { "retry-after": "Mon, 23 Nov 2026 12:00:30 GMT" }, 30_000],
    ["a date of RFC 850", { "retry-after": "Monday, 23-Nov-26 12:00:30 GMT" }, 30_000],
    ["a date of asctime, which is GMT too", { "retry-after": "Mon Nov 23 12:00:30 2026" }, 30_000],
    ["a rate limit that is renewed", { "ratelimit-reset": "20" }, 20_000],
  ])("waits what was asked for: %s", (_, headers, askedMs) => {
    expect(waitAfter(headers)).toBe(askedMs);
  });

  test("an asctime day of one digit is read", () => {
    const outcome: Outcome = {
      status: "returned",
      value: new Response(null, { headers: { "retry-after": "Sun Nov  6 08:49:37 1994" } }),
    };
    const before = Date.UTC(1994, 10, 6, 8, 49, 27);
    const wait = waitRetryAfter()(retryState({ outcome, random: () => 0, wallNow: () => before }));
    expect(wait).toBe(10_000);
  });

  test.each([
    "0x10",
    "",
    " ",
    "-5",
    "+5",
    "1e3",
    "0",
    "0.0",
    "NaN",
    "Infinity",
    "soon",
    "3 seconds",
    "Mon, 23 Nov 2026 11:59:59 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Mon, 23 Foo 2026 12:00:30 GMT",
    "2026-11-23T12:00:30Z",
    "Mon, 23 Nov 2026 12:00:30 CET",
    "Mon, 99 Nov 2026 99:00:30 GMT",
  ])("falls back on garbage, zero and the past: %o", (value) => {
    expect(waitAfter({ "retry-after": value })).toBe(FALLBACK_MS);
    expect(waitAfter({ "retry-after-ms": value })).toBe(FALLBACK_MS);
    expect(waitAfter({ "ratelimit-reset": value })).toBe(FALLBACK_MS);
  });

  test("falls back without headers, and for what is no HTTP at all", () => {
    expect(waitAfter({})).toBe(FALLBACK_MS);
    const wait = waitRetryAfter({ fallback: () => "2s" });
    expect(wait(retryState({ outcome: { status: "raised", error: null } }))).toBe(2000);
  });

  test("heeds a rate limit's renewal on 429 and 503 only", () => {
    const waits = [429, 503, 500, 502].map((status) => waitAfter({ "ratelimit-reset": "20" }, 0, status));
    expect(waits).toEqual([20_000, 20_000, FALLBACK_MS, FALLBACK_MS]);
  });

  test("what is asked is a floor: the draw is above it, up to as long again", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 1, noNaN: true }), (seconds, drawn) => {
        const waitMs = waitAfter({ "retry-after": String(seconds) }, drawn);
        expect(waitMs).toBeGreaterThanOrEqual(seconds * 1000);
        expect(waitMs).toBeLessThanOrEqual(seconds * 2000);
      }),
    );
  });

  test("jitter says how far above; 0 is exact", () => {
    const after = (jitter: number, drawn: number): unknown =>
      waitAfter({ "retry-after": "3" }, drawn, 429, waitRetryAfter({ jitter }));
    expect([after(500, 0), after(500, 1), after(0, 1)]).toEqual([3000, 3500, 3000]);
  });

  test("more than max is not waited for: the call gives up at once", async () => {
    expect(waitAfter({ "retry-after": "61" })).toBe(Infinity);
    expect(waitAfter({ "retry-after": "60" })).toBe(60_000);
    const clock = new FakeClock();
    const call = new Retrying({ stop: stopNever, wait: waitRetryAfter(), retry: retryIfHttpTransient(), clock }).call(
      () => new Response(null, { status: 503, headers: { "retry-after": "3600" } }),
    );
    await expect(call).rejects.toMatchObject({ reason: "deadline", attempts: 1 });
    expect(clock.now()).toBe(0);
  });

  test("a wait past the call's own deadline fails now", async () => {
    const clock = new FakeClock();
    const retrying = new Retrying({ timeout: "10s", wait: waitRetryAfter(), retry: retryIfHttpTransient(), clock });
    const call = retrying.call(() => new Response(null, { status: 429, headers: { "retry-after": "30" } }));
    await expect(call).rejects.toMatchObject({ reason: "deadline" });
    expect(clock.now()).toBe(0);
  });

  test("dates go by the clock's wall time", async () => {
    const clock = new FakeClock({ wallStartMs: nowMs });
    let calls = 0;
    const headers = { "retry-after": "Mon, 23 Nov 2026 12:00:30 GMT" };
    const wait = waitRetryAfter({ jitter: 0 });
    const response = await new Retrying({ wait, retry: retryIfHttpTransient(), clock }).call(() =>
      ++calls === 1 ? new Response(null, { status: 503, headers }) : new Response("ok"),
    );
    expect([response.status, clock.now()]).toEqual([200, 30_000]);
  });

  test.each(["fallback", "max", "jitter"])("refuses a bad `%s` by name", (name) => {
    const make = (): unknown => waitRetryAfter({ [name]: name === "fallback" ? () => -1 : -1 })(retryState());
    expect(make).toThrow(`\`${name}\``);
  });
});
