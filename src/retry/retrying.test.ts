import { describe, expect, test } from "vitest";
import { boom, flaky, rejected } from "./fixtures/flaky.ts";
import {
  RetryError,
  type RetryErrorDetails,
  Retrying,
  retryAlways,
  retryIfResult,
  retryNever,
  type RetryOptions,
  stopAfterAttempt,
  TryAgain,
  waitNone,
} from "./index.ts";
import { FakeClock, recordRetries } from "./testing/index.ts";

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
      // oxlint-disable-next-line typescript/only-throw-error -- anything can be thrown at a retry
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
