import { describe, expect, test } from "vitest";
import { boom, fails, never, rejected, unhandledIn } from "./fixtures/flaky.ts";
import {
  ConnectionError,
  Retrying,
  retryIfExceptionType,
  retryNever,
  stopNever,
  TimeoutError,
  waitFixed,
  waitNone,
} from "./index.ts";
import { FakeClock } from "./testing/index.ts";

describe("attemptTimeout", () => {
  test("ends each attempt with a TimeoutError, which the predicate may ask to try again", async () => {
    const clock = new FakeClock();
    const attempts: number[] = [];
    const error = await rejected(
      new Retrying({ attemptTimeout: "5s", wait: waitFixed("1s"), clock }).run(({ attemptNumber }) => {
        attempts.push(attemptNumber, clock.now());
        return never();
      }),
    );
    expect(attempts).toEqual([1, 0, 2, 6000, 3, 12_000]);
    expect(error).toMatchObject({ reason: "attempts", cause: expect.any(TimeoutError) });
    expect(clock.pendingTimers).toBe(0);
  });

  test("is not retried when the predicate does not ask for it", async () => {
    const retry = retryIfExceptionType(ConnectionError);
    const call = new Retrying({ attemptTimeout: "5s", clock: new FakeClock(), retry }).call(never);
    expect(await rejected(call)).toMatchObject({
      name: "TimeoutError",
      message: "Attempt 1 was cut off: `attemptTimeout` is 5000 ms",
    });
  });

  test("gives each attempt a signal of its own, which aborts with the TimeoutError", async () => {
    const signals: AbortSignal[] = [];
    const retrying = new Retrying({ attemptTimeout: "5s", wait: waitNone(), clock: new FakeClock() });
    await rejected(
      retrying.run(({ signal }) => {
        signals.push(signal);
        return never();
      }),
    );
    expect(new Set(signals).size).toBe(3);
    for (const signal of signals) expect(signal.reason).toBeInstanceOf(TimeoutError);
  });

  test("is cleared after an attempt that keeps to it: its signal stays quiet", async () => {
    const clock = new FakeClock();
    const signal = await new Retrying({ attemptTimeout: "5s", clock }).run(async (context) => {
      await clock.sleep(4000);
      return context.signal;
    });
    await clock.sleep(10_000);
    expect(signal.aborted).toBe(false);
    expect(clock.pendingTimers).toBe(0);
  });

  test("the caller's abort reaches the attempt's own signal, with the caller's reason", async () => {
    const controller = new AbortController();
    let seen: AbortSignal | undefined;
    const call = new Retrying({ attemptTimeout: "5s", signal: controller.signal }).run(({ signal }) => {
      seen = signal;
      return never();
    });
    controller.abort("caller");
    expect(await rejected(call)).toBe("caller");
    expect(seen?.reason).toBe("caller");
  });

  test("a signal that is looked at only after the cut is aborted all the same", async () => {
    const clock = new FakeClock();
    let late: Promise<boolean> | undefined;
    const call = new Retrying({ attemptTimeout: "1s", clock, retry: retryNever }).run((context) => {
      late = clock.sleep(2000).then(() => context.signal.aborted);
      return never();
    });
    await rejected(call);
    expect(await late).toBe(true);
  });
});

describe("timeout", () => {
  test("cuts the running attempt off and gives up, whatever the predicate and stop say", async () => {
    const clock = new FakeClock();
    const retrying = new Retrying({ timeout: "5s", retry: retryNever, stop: stopNever, clock });
    const error = await rejected(retrying.call(never));
    expect(error).toMatchObject({ reason: "deadline", attempts: 1, cause: { name: "TimeoutError" } });
    expect(clock.now()).toBe(5000);
  });

  test("refuses a sleep that would end past it: the call gives up at once", async () => {
    const clock = new FakeClock();
    const retrying = new Retrying({ timeout: "5s", wait: waitFixed("2s"), stop: stopNever, clock });
    expect(await rejected(retrying.call(fails))).toMatchObject({ reason: "deadline", attempts: 3, cause: boom });
    expect(clock.now()).toBe(4000);
  });

  test("the shorter of the two limits ends an attempt, and run is told how much is left", async () => {
    const clock = new FakeClock();
    const remaining: number[] = [];
    const retrying = new Retrying({
      timeout: "10s",
      attemptTimeout: "4s",
      wait: waitFixed("1s"),
      stop: stopNever,
      clock,
    });
    const error = await rejected(
      retrying.run(({ remainingMs }) => {
        remaining.push(remainingMs);
        return never();
      }),
    );
    expect(remaining).toEqual([10_000, 5000]);
    expect(error).toMatchObject({ reason: "deadline", cause: { message: expect.stringContaining("attemptTimeout") } });
    expect(await new Retrying().run(({ remainingMs }) => remainingMs)).toBe(Infinity);
  });

  test("holds in real time", async () => {
    const startMs = performance.now();
    const call = new Retrying({ timeout: 40, attemptTimeout: 15, wait: waitFixed(2), stop: stopNever }).call(never);
    expect(await rejected(call)).toMatchObject({ reason: "deadline" });
    // For hangs only: a busy machine may be late.
    expect(performance.now() - startMs).toBeLessThan(30_000);
  });
});

test("nothing is left unhandled after aborts and limits of every kind", async () => {
  const unhandled = await unhandledIn(async () => {
    const controller = new AbortController();
    const base = new Retrying({ signal: controller.signal, wait: waitFixed(1), attemptTimeout: 2, timeout: 8 });
    const calls = [
      base.call(never),
      base.call(fails),
      base.run(({ signal }) => waitFor(signal)),
      base.copy({ timeout: 3 }).call(never),
    ];
    setTimeout(() => controller.abort("end"), 6);
    await Promise.allSettled(calls);
  });
  expect(unhandled).toBe(0);
});

function waitFor(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}
