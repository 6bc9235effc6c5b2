import { getEventListeners } from "node:events";
import { describe, expect, test, vi } from "vitest";
import {
  RetryError,
  Retrying,
  retryIfException,
  retryIfResult,
  retryNever,
  stopAfterAttempt,
  stopNever,
  TimeoutError,
  waitFixed,
  waitNone,
} from "./index.ts";
import { FakeClock } from "./testing/index.ts";

const boom = new Error("boom");
const quick = new Retrying({ wait: waitNone() });

const rejected = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.fail("resolved"),
    (error: unknown) => error,
  );

/** Runs the loop with `body` and returns the numbers of the attempts. */
async function roundsOf(retrying: Retrying, body: (attemptNumber: number) => unknown): Promise<number[]> {
  const rounds: number[] = [];
  for await (const attempt of retrying) {
    rounds.push(attempt.attemptNumber);
    await attempt.run(async () => body(attempt.attemptNumber));
  }
  return rounds;
}

describe("for await (const attempt of retrying)", () => {
  test("goes round until an attempt is accepted", async () => {
    const failTwice = (n: number): void => {
      if (n < 3) throw boom;
    };
    expect(await roundsOf(quick, failTwice)).toEqual([1, 2, 3]);
    expect(await roundsOf(quick, () => {})).toEqual([1]);
  });

  test("run resolves with the value, and with undefined for an attempt that raised", async () => {
    const values: unknown[] = [];
    for await (const attempt of quick) {
      values.push(
        await attempt.run(({ attemptNumber }) => {
          if (attemptNumber === 1) throw boom;
          return attemptNumber * 10;
        }),
      );
    }
    expect(values).toEqual([undefined, 20]);
  });

  test("throws a RetryError, the last error, or the error that is not retried", async () => {
    const throwing = (): never => {
      throw boom;
    };
    expect(await rejected(roundsOf(quick, throwing))).toMatchObject({ attempts: 3, cause: boom });
    expect(await rejected(roundsOf(quick.copy({ reraise: true }), throwing))).toBe(boom);
    expect(await rejected(roundsOf(quick.copy({ retry: retryNever }), throwing))).toBe(boom);
  });

  test("with a give-up hook it asks the hook and still throws: it does not pretend success", async () => {
    const onGiveUp = vi.fn(() => "fallback");
    const failing = roundsOf(quick.copy({ onGiveUp }), () => Promise.reject(boom));
    expect(await rejected(failing)).toBeInstanceOf(RetryError);
    expect(onGiveUp).toHaveBeenCalledTimes(1);
  });

  test("setResult says what the attempt returned, for predicates that look at results", async () => {
    const retrying = quick.copy({ retry: retryIfResult((value) => value !== "done") });
    const rounds: number[] = [];
    for await (const attempt of retrying) {
      rounds.push(attempt.attemptNumber);
      attempt.setResult(attempt.attemptNumber < 3 ? "pending" : "done");
    }
    expect(rounds).toEqual([1, 2, 3]);
  });

  test("the last word counts: setResult after run accepts what run did not", async () => {
    for await (const attempt of quick) {
      await attempt.run(() => Promise.reject(boom));
      attempt.setResult("good enough");
    }
  });

  test("a body that says nothing has returned undefined", async () => {
    let rounds = 0;
    for await (const _ of quick.copy({ retry: retryIfException() })) rounds += 1;
    expect(rounds).toBe(1);
  });

  test("what the body throws outside of run leaves the loop", async () => {
    let rounds = 0;
    const looping = async (): Promise<void> => {
      for await (const _ of quick) {
        rounds += 1;
        throw boom;
      }
    };
    expect(await rejected(looping())).toBe(boom);
    expect(rounds).toBe(1);
  });

  test("can be left with break, and one policy serves several loops at once", async () => {
    const retrying = quick.copy({ stop: stopNever });
    for await (const attempt of retrying) if (attempt.attemptNumber === 1) break;
    const loops = [2, 3, 4].map((last) =>
      roundsOf(retrying, (n) => {
        if (n < last) throw boom;
      }),
    );
    expect(await Promise.all(loops)).toEqual([
      [1, 2],
      [1, 2, 3],
      [1, 2, 3, 4],
    ]);
  });

  test("the next attempt begins when the wait is over, and not before", async () => {
    const clock = new FakeClock();
    const begunAtMs: number[] = [];
    const failTwice = (n: number): void => {
      begunAtMs.push(clock.now());
      if (n < 3) throw boom;
    };
    await roundsOf(new Retrying({ wait: waitFixed("2s"), clock }), failTwice);
    expect(begunAtMs).toEqual([0, 2_000, 4_000]);
  });

  test("signal and time limits hold in run", async () => {
    const controller = new AbortController();
    const limited = new Retrying({
      attemptTimeout: "1s",
      wait: waitNone(),
      clock: new FakeClock(),
      stop: stopAfterAttempt(2),
    });
    expect(await rejected(roundsOf(limited, () => new Promise(() => {})))).toMatchObject({
      cause: expect.any(TimeoutError),
    });
    const looping = roundsOf(quick.copy({ signal: controller.signal }), () => new Promise(() => {}));
    setImmediate(() => controller.abort("enough"));
    expect(await rejected(looping)).toBe("enough");
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });
});
