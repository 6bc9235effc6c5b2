import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  RetryBudget,
  RetryError,
  type RetryErrorDetails,
  Retrying,
  retryAlways,
  retryIfResult,
  retryNever,
  type RetryOptions,
  type RetryState,
  stopAfterAttempt,
  stopNever,
  TryAgain,
  waitFixed,
  waitNone,
} from "./index.ts";
import { FakeClock, recordRetries } from "./testing/index.ts";

const boom = new Error("boom");

/** A function that raises `failures` times and then returns "ok"; it counts its calls. */
function flaky(
  failures: number,
  { error }: { readonly error: unknown } = { error: boom },
): { (): Promise<string>; calls: number } {
  const fn = async (): Promise<string> => {
    fn.calls += 1;
    if (fn.calls <= failures) throw error;
    return "ok";
  };
  fn.calls = 0;
  return fn;
}

const rejected = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => expect.fail(`resolved with ${String(value)}`),
    (error: unknown) => error,
  );

const quick: RetryOptions = { wait: waitNone() };

describe("call", () => {
  test("passes the arguments and resolves with the value of the first accepted attempt", async () => {
    expect(await new Retrying().call(async (a: number, b: string) => `${a}${b}`, 1, "x")).toBe("1x");
    const fn = flaky(2);
    expect(await new Retrying(quick).call(fn)).toBe("ok");
    expect(fn.calls).toBe(3);
  });

  test("makes 3 attempts unless told otherwise, for any error, with full jitter of up to 1, 2, 4, ... 30 seconds", async () => {
    const { options, waitsMs } = recordRetries({ clock: new FakeClock(), random: () => 1 });
    const fn = flaky(9);
    expect(await rejected(new Retrying(options).call(fn))).toBeInstanceOf(RetryError);
    expect([fn.calls, ...waitsMs]).toEqual([3, 1000, 2000]);
    const longer = recordRetries({ clock: new FakeClock(), random: () => 1, stop: stopAfterAttempt(8) });
    await rejected(new Retrying(longer.options).call(flaky(9)));
    expect(longer.waitsMs).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  test("an error that the predicate does not ask for is thrown as it is, unchanged, at once", async () => {
    const error = Object.freeze(new Error("frozen"));
    const fn = flaky(1, { error });
    expect(await rejected(new Retrying({ retry: retryNever }).call(fn))).toBe(error);
    expect(fn.calls).toBe(1);
  });

  test.each([undefined, null, "text", 0, false, Symbol("thrown")])(
    "%s can be thrown, retried and reported",
    async (error) => {
      const fn = flaky(1, { error });
      expect(await new Retrying(quick).call(fn)).toBe("ok");
      expect(await rejected(new Retrying(quick).call(flaky(9, { error })))).toMatchObject({
        lastAttempt: { status: "raised", error },
        errors: [error, error, error],
      });
      expect(await rejected(new Retrying({ ...quick, reraise: true }).call(flaky(9, { error })))).toBe(error);
    },
  );

  test("a synchronous throw and a rejected thenable are failures like any other", async () => {
    let calls = 0;
    const throwing = (): string => {
      if (++calls < 3) throw boom;
      return "ok";
    };
    expect(await new Retrying(quick).call(throwing)).toBe("ok");
    // A thenable that is no promise is what this test is about.
    // oxlint-disable-next-line unicorn/no-thenable
    const thenable = { then: (_: unknown, reject: (error: unknown) => void) => reject(boom) };
    expect(await rejected(new Retrying({ ...quick, reraise: true }).call(() => thenable))).toBe(boom);
  });

  test("RetryError keeps the last 10 errors, the newest last", async () => {
    let n = 0;
    const counting = new Retrying({ ...quick, stop: stopAfterAttempt(25) }).call(() => {
      throw ++n;
    });
    expect(await rejected(counting)).toMatchObject({
      attempts: 25,
      cause: 25,
      errors: [16, 17, 18, 19, 20, 21, 22, 23, 24, 25],
    });
  });

  test("reraise throws the last error itself, and a RetryError when a value was not accepted", async () => {
    expect(await rejected(new Retrying({ ...quick, reraise: true }).call(flaky(9)))).toBe(boom);
    const never = new Retrying({ ...quick, reraise: true, retry: retryAlways }).call(() => 1);
    expect(await rejected(never)).toMatchObject({ lastAttempt: { status: "returned", value: 1 } });
  });

  test("TryAgain is retried whatever the predicate says, and stop holds", async () => {
    const fn = flaky(2, { error: new TryAgain() });
    expect(await new Retrying({ ...quick, retry: retryNever }).call(fn)).toBe("ok");
    const error = await rejected(
      new Retrying({ ...quick, retry: retryNever }).call(flaky(9, { error: new TryAgain() })),
    );
    expect(error).toMatchObject({ attempts: 3, cause: expect.any(TryAgain) });
  });

  test("a value can be asked for again", async () => {
    let n = 0;
    const retrying = new Retrying({ ...quick, retry: retryIfResult((value) => Number(value) < 3) });
    expect(await retrying.call(() => ++n)).toBe(3);
  });

  test("enabled: false calls the function once, whatever the other options say", async () => {
    const fn = flaky(9, { error: new TryAgain() });
    const hook = (): void => expect.fail("a hook was called");
    const off = new Retrying({ enabled: false, before: hook, after: hook, signal: AbortSignal.abort() });
    expect(await rejected(off.call(fn))).toBeInstanceOf(TryAgain);
    expect(fn.calls).toBe(1);
    expect(off.callSync(() => 5)).toBe(5);
  });

  test("an error class of one's own is made from the details", async () => {
    class GaveUp extends Error {
      readonly details: RetryErrorDetails;
      constructor(details: RetryErrorDetails) {
        super("gave up");
        this.details = details;
      }
    }
    const error = await rejected(new Retrying({ ...quick, retryErrorClass: GaveUp, name: "job" }).call(flaky(9)));
    expect(error).toBeInstanceOf(GaveUp);
    expect(error).toMatchObject({ details: { name: "job", attempts: 3, reason: "attempts" } });
  });

  test("the caller stays in the stack of both errors, after a wait too", async () => {
    async function theCaller(): Promise<unknown> {
      return await new Retrying(quick).call(async () => {
        await Promise.resolve();
        throw new Error("deep");
      });
    }
    const error = await rejected(theCaller());
    expect(error).toMatchObject({ stack: expect.stringContaining("theCaller") });
    expect(error).toMatchObject({ cause: { stack: expect.stringContaining("theCaller") } });
  });

  test("the caller stays in the stack under a signal and time limits too", async () => {
    async function theCaller(): Promise<unknown> {
      const { signal } = new AbortController();
      return await new Retrying({ ...quick, signal, attemptTimeout: "10s", timeout: "20s" }).call(async () => {
        await Promise.resolve();
        throw new Error("deep");
      });
    }
    expect(await rejected(theCaller())).toMatchObject({ cause: { stack: expect.stringContaining("theCaller") } });
  });
});

describe("hooks", () => {
  test("are called in order with what is known then, and awaited when they return a promise", async () => {
    const seen: unknown[] = [];
    const seeing =
      (name: string) =>
      async ({ attemptNumber, outcome, nextSleepMs }: RetryState): Promise<void> => {
        await Promise.resolve();
        seen.push([name, attemptNumber, outcome?.status, nextSleepMs]);
      };
    const retrying = new Retrying({
      wait: waitFixed(5),
      clock: new FakeClock(),
      before: seeing("before"),
      after: seeing("after"),
      beforeSleep: seeing("beforeSleep"),
      onSuccess: seeing("onSuccess"),
    });
    await retrying.call(flaky(1));
    expect(seen).toEqual([
      ["before", 1, undefined, undefined],
      ["after", 1, "raised", undefined],
      ["beforeSleep", 1, "raised", 5],
      ["before", 2, undefined, undefined],
      ["onSuccess", 2, "returned", undefined],
    ]);
  });

  test.each(["before", "after", "beforeSleep", "onSuccess", "onGiveUp"] as const)(
    "%s is told the time",
    async (hook) => {
      const clock = new FakeClock();
      const times: number[] = [];
      await clock.sleep(5);
      const tell = ({ startTimeMs, elapsedMs }: RetryState): void => void times.push(startTimeMs, elapsedMs);
      let calls = 0;
      await new Retrying({ wait: waitFixed(50), stop: stopAfterAttempt(2), clock, [hook]: tell })
        .call(async () => {
          await clock.sleep(100);
          if (++calls === 1 || hook === "onGiveUp") throw boom;
        })
        .catch(() => {});
      const expected = {
        before: [5, 0, 5, 150],
        after: [5, 100],
        beforeSleep: [5, 100],
        onSuccess: [5, 250],
        onGiveUp: [5, 250],
      };
      expect(times).toEqual(expected[hook]);
    },
  );

  test("the states may be kept: a later step does not change an earlier one", async () => {
    const kept: RetryState[] = [];
    const keep = (state: RetryState): void => void kept.push(state);
    await new Retrying({ ...quick, before: keep, after: keep, beforeSleep: keep }).call(flaky(2));
    expect(kept.map(({ attemptNumber }) => attemptNumber)).toEqual([1, 1, 1, 2, 2, 2, 3]);
  });

  test.each(["before", "after", "beforeSleep", "onSuccess", "onGiveUp"] as const)(
    "an error of %s ends the call as it is, thrown or rejected",
    async (hook) => {
      const error = new Error(hook);
      const fn = (): Promise<string> => (hook === "onSuccess" ? flaky(0)() : Promise.reject(boom));
      const thrower = (): never => {
        throw error;
      };
      expect(await rejected(new Retrying({ ...quick, [hook]: thrower }).call(fn))).toBe(error);
      expect(await rejected(new Retrying({ ...quick, [hook]: () => Promise.reject(error) }).call(fn))).toBe(error);
    },
  );

  test("an error of a strategy ends the call as it is", async () => {
    const error = new Error("bad strategy");
    const thrower = (): never => {
      throw error;
    };
    for (const strategy of ["stop", "wait", "retry"] as const) {
      expect(await rejected(new Retrying({ ...quick, [strategy]: thrower }).call(flaky(1)))).toBe(error);
    }
  });

  test("a wait that is no duration ends the call with an error that says so", async () => {
    expect(await rejected(new Retrying({ wait: () => Number.NaN }).call(flaky(1)))).toMatchObject({
      message: expect.stringContaining("`wait`"),
    });
    expect(await rejected(new Retrying({ wait: () => -1 }).call(flaky(1)))).toBeInstanceOf(RangeError);
  });

  test("onGiveUp gives the value of the call, undefined and promises included", async () => {
    expect(await new Retrying({ ...quick, onGiveUp: ({ attemptNumber }) => attemptNumber }).call(flaky(9))).toBe(3);
    expect(await new Retrying({ ...quick, onGiveUp: async () => "later" }).call(flaky(9))).toBe("later");
    expect(await new Retrying({ ...quick, onGiveUp: () => {} }).call(flaky(9))).toBe(undefined);
  });

  test("onGiveUp is not asked about an error that the predicate does not ask for", async () => {
    const onGiveUp = (): void => expect.fail("asked");
    expect(await rejected(new Retrying({ retry: retryNever, onGiveUp }).call(flaky(1)))).toBe(boom);
  });

  test("a predicate may be async", async () => {
    const retry = async ({ outcome }: RetryState): Promise<boolean> => outcome?.status === "raised";
    expect(await new Retrying({ ...quick, retry }).call(flaky(2))).toBe("ok");
  });
});

describe("a policy", () => {
  test("is frozen, and its options are its own", () => {
    const options = { name: "a", stop: stopAfterAttempt(2) };
    const retrying = new Retrying(options);
    options.name = "b";
    expect(retrying.options.name).toBe("a");
    expect(Object.isFrozen(retrying) && Object.isFrozen(retrying.options)).toBe(true);
  });

  test("serves concurrent calls that share nothing", async () => {
    const retrying = new Retrying({ wait: waitFixed(1), stop: stopAfterAttempt(6), clock: new FakeClock() });
    const calls = [0, 1, 2, 3, 4, 5, 6].map((failures) =>
      retrying.call(flaky(failures)).catch((error: unknown) => error),
    );
    const results = await Promise.all(calls);
    expect(results.slice(0, 6)).toEqual(["ok", "ok", "ok", "ok", "ok", "ok"]);
    expect(results[6]).toMatchObject({ attempts: 6 });
  });

  test("may be used inside itself", async () => {
    const retrying = new Retrying({ ...quick, stop: stopAfterAttempt(2) });
    let calls = 0;
    const inner = (): never => {
      calls += 1;
      throw boom;
    };
    await rejected(retrying.call(() => retrying.call(inner)));
    expect(calls).toBe(4);
  });

  test("copy changes what it is given and nothing else, and not the original", () => {
    const base: RetryOptions = { stop: stopNever, wait: waitFixed(7), name: "base", reraise: true, timeout: "5s" };
    fc.assert(
      fc.property(
        fc.subarray(["stop", "wait", "name", "reraise", "timeout"] as const),
        fc.boolean(),
        (changed, asUndefined) => {
          const other: RetryOptions = {
            stop: stopAfterAttempt(9),
            wait: waitNone(),
            name: "x",
            reraise: false,
            timeout: 1,
          };
          const overrides = Object.fromEntries(changed.map((key) => [key, asUndefined ? undefined : other[key]]));
          const original = new Retrying(base);
          const copy = original.copy(overrides);
          expect(copy.options).toEqual(asUndefined ? base : { ...base, ...overrides });
          expect(original.options).toEqual(base);
        },
      ),
    );
  });

  test("options that are undefined count as absent", async () => {
    const names =
      "stop wait retry before after beforeSleep onSuccess onGiveUp reraise retryErrorClass name enabled signal";
    const more = "attemptTimeout timeout budget clock random sleep sleepSync unref";
    const nothing = Object.fromEntries(`${names} ${more}`.split(" ").map((name) => [name, undefined]));
    const fn = flaky(0);
    expect(await new Retrying(nothing).call(fn)).toBe("ok");
    expect(await rejected(new Retrying({ ...nothing, wait: waitNone() }).call(flaky(9)))).toBeInstanceOf(RetryError);
  });

  test.each([
    ["stop", 3],
    ["wait", "2s"],
    ["retry", "always"],
    ["before", {}],
    ["sleep", 5],
    ["timeout", -1],
    ["timeout", "-1s"],
    ["attemptTimeout", Number.NaN],
    ["signal", null],
    ["budget", 5],
    ["unref", 1],
    ["enabled", "no"],
    ["clock", 5],
    ["random", 0.5],
    ["retryErrorClass", "RetryError"],
    ["name", 5],
    ["reraise", "yes"],
  ])("refuses the option `%s` as %o, by name", (name, value) => {
    expect(() => new Retrying({ [name]: value })).toThrow(`\`${name}\``);
  });
});

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
