import { describe, expect, test } from "vitest";
import { boom, flaky, rejected } from "./fixtures/flaky.ts";
import {
  Retrying,
  retryNever,
  type RetryOptions,
  type RetryState,
  stopAfterAttempt,
  waitFixed,
  waitNone,
} from "./index.ts";
import { FakeClock } from "./testing/index.ts";

const quick: RetryOptions = { wait: waitNone() };

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
