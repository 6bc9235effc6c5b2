import { describe, expect, test } from "vitest";
import { Retrying, stopAfterAttempt, TryAgain, waitFixed, waitNone } from "../index.ts";
import { FakeClock, recordRetries, retryState, seededRandom } from "./index.ts";

const boom = new Error("boom");

describe("FakeClock", () => {
  test("a policy on it sleeps for hours in no time", async () => {
    const clock = new FakeClock();
    const startMs = performance.now();
    const call = new Retrying({ wait: waitFixed("5h"), clock }).call(() => Promise.reject(boom));
    await expect(call).rejects.toThrow("gave up");
    expect(clock.now()).toBe(10 * 3_600_000);
    expect(performance.now() - startMs).toBeLessThan(1000);
  });

  test("timers fire in the order of their times, and of their making at the same time", async () => {
    const clock = new FakeClock();
    const fired: string[] = [];
    const firing = (name: string, ms: number): Promise<unknown> =>
      clock.sleep(ms).then(() => fired.push(`${name}@${clock.now()}`));
    await Promise.all([firing("c", 30), firing("a", 10), firing("b", 20), firing("b2", 20)]);
    expect(fired).toEqual(["a@10", "b@20", "b2@20", "c@30"]);
  });

  test("a timer that is cancelled never fires, and one without end does not hold the others up", async () => {
    const clock = new FakeClock();
    let fired = 0;
    const cancel = clock.startTimer(() => (fired += 1), 5);
    clock.startTimer(() => (fired += 1), Infinity);
    cancel();
    await clock.sleep(10);
    expect([fired, clock.now(), clock.pendingTimers]).toEqual([0, 10, 1]);
  });

  test("pass lets time go by for an attempt that blocks; overdue timers fire then", async () => {
    const clock = new FakeClock();
    const sleeping = clock.sleep(10);
    clock.pass(50);
    await sleeping;
    expect(clock.now()).toBe(50);
  });

  test("the wall clock starts where it is told and goes along", async () => {
    const clock = new FakeClock({ wallStartMs: 1_000_000 });
    await clock.sleep(500);
    expect(clock.wallNow()).toBe(1_000_500);
    expect(new FakeClock().wallNow()).toBe(Date.UTC(2026, 0, 1));
  });
});

describe("recordRetries", () => {
  test("writes down attempts and waits, and the options' own hooks go on being called", async () => {
    const seen: string[] = [];
    const { options, attempts, waitsMs } = recordRetries({
      wait: waitFixed("2s"),
      clock: new FakeClock(),
      after: () => void seen.push("after"),
      beforeSleep: async () => void seen.push("beforeSleep"),
    });
    let calls = 0;
    const value = await new Retrying(options).call(() => {
      calls += 1;
      if (calls === 1) throw boom;
      if (calls === 2) throw new TryAgain();
      return "ok";
    });
    expect(value).toBe("ok");
    expect(attempts).toEqual([
      { attemptNumber: 1, elapsedMs: 0, outcome: { status: "raised", error: boom } },
      { attemptNumber: 2, elapsedMs: 2000, outcome: { status: "raised", error: expect.any(TryAgain) } },
      { attemptNumber: 3, elapsedMs: 4000, outcome: { status: "returned", value: "ok" } },
    ]);
    expect(waitsMs).toEqual([2000, 2000]);
    expect(seen).toEqual(["after", "beforeSleep", "after", "beforeSleep"]);
  });

  test("the predicate of the options decides, and an attempt that is not retried is written down too", async () => {
    const { options, attempts } = recordRetries({ retry: () => false });
    await expect(new Retrying(options).call(() => Promise.reject(boom))).rejects.toBe(boom);
    expect(attempts.length).toBe(1);
  });

  test("a wrapped function of the program is put on it with retryWith", async () => {
    const program = new Retrying({ wait: waitFixed("1h"), stop: stopAfterAttempt(4) }).wrap(() => Promise.reject(boom));
    const { options, waitsMs } = recordRetries({ ...program.retry.options, clock: new FakeClock() });
    await expect(program.retryWith(options)()).rejects.toMatchObject({ attempts: 4 });
    expect(waitsMs).toEqual([3_600_000, 3_600_000, 3_600_000]);
  });
});

test("seededRandom gives the same numbers for the same seed, all of them in [0, 1)", () => {
  const draws = (seed: number): number[] => {
    const random = seededRandom(seed);
    return Array.from({ length: 1000 }, () => random());
  };
  expect(draws(42)).toEqual(draws(42));
  expect(draws(42)).not.toEqual(draws(43));
  expect(draws(42).every((n) => n >= 0 && n < 1)).toBe(true);
  expect(new Set(draws(42)).size).toBe(1000);
});

test("retryState is a first attempt that raised, with what the test changes", () => {
  expect(retryState()).toMatchObject({ attemptNumber: 1, outcome: { status: "raised" } });
  expect(waitNone()(retryState({ attemptNumber: 9 }))).toBe(0);
  expect(retryState({ elapsedMs: 5, name: "job" })).toMatchObject({ elapsedMs: 5, name: "job", attemptNumber: 1 });
});
