import { getEventListeners } from "node:events";
import { describe, expect, test, vi } from "vitest";
import { boom, fails, never, rejected, unhandledIn } from "./fixtures/flaky.ts";
import { Retrying, retryAlways, retryNever, stopNever, waitFixed, waitNone } from "./index.ts";

const listeners = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;

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

  test("aborted during a wait: the call settles before the next turn of the event loop, with the reason itself", async () => {
    const controller = new AbortController();
    const reason = { why: "the user left" };
    let settledWith: unknown;
    const call = new Retrying({ signal: controller.signal, wait: waitFixed("1h") }).call(fails);
    call.catch((error: unknown) => void (settledWith = error));
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(settledWith).toBeUndefined();
    controller.abort(reason);
    await new Promise((resolve) => setImmediate(resolve));
    expect(settledWith).toBe(reason);
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
