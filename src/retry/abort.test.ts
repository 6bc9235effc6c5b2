import { getEventListeners } from "node:events";
import { describe, expect, test, vi } from "vitest";
import {
  ConnectionError,
  Retrying,
  retryAlways,
  retryIfExceptionType,
  retryNever,
  stopNever,
  TimeoutError,
  waitFixed,
  waitNone,
} from "./index.ts";
import { FakeClock } from "./testing/index.ts";

const boom = new Error("boom");
const fails = (): Promise<never> => Promise.reject(boom);
const never = (): Promise<never> => new Promise(() => {});
const listeners = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;

const rejected = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => expect.fail(`resolved with ${String(value)}`),
    (error: unknown) => error,
  );

/** Runs `body` and tells how many unhandled rejections there were, after giving them time to show. */
async function unhandledIn(body: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const counting = (): void => void (count += 1);
  process.on("unhandledRejection", counting);
  try {
    await body();
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off("unhandledRejection", counting);
  }
  return count;
}

describe("the caller's signal", () => {
  test("aborted before the start: the function is never called", async () => {
    const reason = new Error("too late");
    const fn = vi.fn(fails);
    const retrying = new Retrying({ signal: AbortSignal.abort(reason) });
    expect(await rejected(retrying.call(fn))).toBe(reason);
    expect(await rejected(retrying.run(fn))).toBe(reason);
    expect(() => retrying.callSync(() => 1)).toThrow(reason);
    expect(fn).not.toHaveBeenCalled();
  });

  test("aborted during a wait: the call settles within a few milliseconds, with the reason itself", async () => {
    const controller = new AbortController();
    const reason = { why: "the user left" };
    let abortedAtMs = 0;
    setTimeout(() => {
      abortedAtMs = performance.now();
      controller.abort(reason);
    }, 10);
    const call = new Retrying({ signal: controller.signal, wait: waitFixed("1h") }).call(fails);
    expect(await rejected(call)).toBe(reason);
    expect(performance.now() - abortedAtMs).toBeLessThan(50);
    expect(listeners(controller.signal)).toBe(0);
  });

  test("aborted during an attempt that ignores it: the call settles at once and the late value is disposed of", async () => {
    const controller = new AbortController();
    let finish: (value: unknown) => void = () => {};
    const call = new Retrying({ signal: controller.signal }).call(() => new Promise((resolve) => (finish = resolve)));
    await Promise.resolve();
    controller.abort("gone");
    expect(await rejected(call)).toBe("gone");
    const dispose = vi.fn(async () => {});
    finish({ [Symbol.asyncDispose]: dispose });
    await new Promise((resolve) => setImmediate(resolve));
    expect(dispose).toHaveBeenCalledTimes(1);
  });

  test("an attempt's late rejection is swallowed", async () => {
    const controller = new AbortController();
    const unhandled = await unhandledIn(async () => {
      const call = new Retrying({ signal: controller.signal }).call(async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        throw boom;
      });
      controller.abort("gone");
      expect(await rejected(call)).toBe("gone");
      await new Promise((resolve) => setTimeout(resolve, 15));
    });
    expect(unhandled).toBe(0);
  });

  test("is not retried, whatever the predicate says, also when the function throws the reason itself", async () => {
    const controller = new AbortController();
    const fn = vi.fn(() => {
      controller.abort(boom);
      throw boom;
    });
    const retrying = new Retrying({ signal: controller.signal, retry: retryAlways, stop: stopNever, wait: waitNone() });
    expect(await rejected(retrying.call(fn))).toBe(boom);
    expect(fn).toHaveBeenCalledTimes(1);
  });

  test.each(["before", "after", "beforeSleep", "onSuccess", "onGiveUp", "retry"] as const)(
    "an abort in %s is noticed right after it",
    async (hook) => {
      const controller = new AbortController();
      const abort = async (): Promise<boolean> => {
        controller.abort("in the hook");
        return true;
      };
      const sleep = vi.fn(async () => {});
      const fn = hook === "onSuccess" ? async (): Promise<number> => 1 : fails;
      const retrying = new Retrying({ signal: controller.signal, sleep, [hook]: abort });
      expect(await rejected(retrying.call(fn))).toBe("in the hook");
      expect(sleep).toHaveBeenCalledTimes(hook === "onGiveUp" ? 2 : 0);
    },
  );

  test("a value that was there when the abort came is disposed of", async () => {
    const controller = new AbortController();
    const dispose = vi.fn();
    const call = new Retrying({ signal: controller.signal }).call(() => {
      queueMicrotask(() => controller.abort("late"));
      return { [Symbol.dispose]: dispose };
    });
    expect(await rejected(call)).toBe("late");
    expect(dispose).toHaveBeenCalledTimes(1);
  });

  test("leaves no listener behind after success, failure and giving up", async () => {
    const { signal } = new AbortController();
    const retrying = new Retrying({ signal, wait: waitNone() });
    await retrying.call(async () => 1);
    await rejected(retrying.call(fails));
    await rejected(retrying.copy({ retry: retryNever }).call(fails));
    expect(listeners(signal)).toBe(0);
  });

  test("carries one listener however many calls are running or asleep", async () => {
    const controller = new AbortController();
    const retrying = new Retrying({ signal: controller.signal, wait: waitFixed("1h") });
    const calls = Array.from({ length: 1000 }, (_, i) => rejected(retrying.call(i % 2 === 0 ? fails : never)));
    await new Promise((resolve) => setImmediate(resolve));
    expect(listeners(controller.signal)).toBe(1);
    controller.abort("all");
    expect(new Set(await Promise.all(calls))).toEqual(new Set(["all"]));
    expect(listeners(controller.signal)).toBe(0);
  });

  test("is what run hands on when there is no time limit", async () => {
    const { signal } = new AbortController();
    expect(await new Retrying({ signal }).run((context) => context.signal)).toBe(signal);
  });
});

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
    expect(performance.now() - startMs).toBeLessThan(500);
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
