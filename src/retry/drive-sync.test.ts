import { describe, expect, test } from "vitest";
import {
  RetryError,
  Retrying,
  retryIfResult,
  retryNever,
  stopAfterAttempt,
  TryAgain,
  waitFixed,
  waitNone,
} from "./index.ts";

const boom = new Error("boom");

/** Throws `failures` times, then returns "ok". */
function flaky(failures: number): () => string {
  let calls = 0;
  return () => {
    if (++calls <= failures) throw boom;
    return "ok";
  };
}

describe("callSync", () => {
  test("passes the arguments, retries, and returns the value itself", () => {
    expect(new Retrying().callSync((a: number, b: string) => `${a}${b}`, 1, "x")).toBe("1x");
    expect(new Retrying({ wait: waitNone() }).callSync(flaky(2))).toBe("ok");
  });

  test("blocks for the wait: with Atomics.wait, or with sleepSync", () => {
    const startMs = performance.now();
    new Retrying({ wait: waitFixed(15) }).callSync(flaky(2));
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(29);
    const slept: number[] = [];
    new Retrying({ wait: waitFixed("1h"), sleepSync: (ms) => void slept.push(ms) }).callSync(flaky(2));
    expect(slept).toEqual([3_600_000, 3_600_000]);
  });

  test("gives up, reraises, and asks the give-up hook, as call does", () => {
    const retrying = new Retrying({ wait: waitNone(), stop: stopAfterAttempt(2) });
    expect(() => retrying.callSync(flaky(9))).toThrow(RetryError);
    expect(() => retrying.copy({ reraise: true }).callSync(flaky(9))).toThrow(boom);
    expect(retrying.copy({ onGiveUp: () => "fallback" }).callSync(flaky(9))).toBe("fallback");
    expect(() => retrying.copy({ retry: retryNever }).callSync(flaky(1))).toThrow(boom);
  });

  test("asks for a value again, and heeds TryAgain", () => {
    let n = 0;
    expect(new Retrying({ wait: waitNone(), retry: retryIfResult((v) => v !== 3) }).callSync(() => ++n)).toBe(3);
    n = 0;
    const asking = (): string => {
      if (++n < 3) throw new TryAgain();
      return "ok";
    };
    expect(new Retrying({ wait: waitNone(), retry: retryNever }).callSync(asking)).toBe("ok");
  });

  test("hooks run in the same order as with call", () => {
    const seen: string[] = [];
    const see = (name: string) => (): void => void seen.push(name);
    new Retrying({
      wait: waitNone(),
      before: see("before"),
      after: see("after"),
      beforeSleep: see("beforeSleep"),
      onSuccess: see("onSuccess"),
      sleepSync: see("sleep"),
    }).callSync(flaky(1));
    expect(seen).toEqual(["before", "after", "beforeSleep", "sleep", "before", "onSuccess"]);
  });

  test("refuses what it would have to wait for, at once and without an unhandled rejection", async () => {
    const unhandled: unknown[] = [];
    const listen = (error: unknown): void => void unhandled.push(error);
    process.on("unhandledRejection", listen);
    let calls = 0;
    const asyncFn: () => unknown = () => {
      calls += 1;
      return Promise.reject(boom);
    };
    expect(() => new Retrying().callSync(asyncFn)).toThrow("the function returned a promise: use call instead");
    expect(calls).toBe(1);
    const hook = (): Promise<never> => Promise.reject(boom);
    expect(() => new Retrying({ before: hook }).callSync(flaky(0))).toThrow(TypeError);
    expect(() => new Retrying({ retry: async () => true }).callSync(flaky(0))).toThrow("predicate returned a promise");
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off("unhandledRejection", listen);
    expect(unhandled).toEqual([]);
  });

  test("looks at the signal between attempts", () => {
    const controller = new AbortController();
    const aborting = (): never => {
      controller.abort("stop");
      throw boom;
    };
    const retrying = new Retrying({ signal: controller.signal, wait: waitNone() });
    expect(() => retrying.callSync(aborting)).toThrow("stop");
  });
});
