import { describe, expect, it } from "vitest";
import {
  ConnectionError,
  RetryError,
  TimeoutError,
  retry,
  retryIfExceptionType,
  stopAfterAttempt,
  waitNone,
} from "./index.ts";

const options = { stop: stopAfterAttempt(3), wait: waitNone() };

describe("retry", () => {
  it("calls the function until it succeeds, and tells it which attempt it is", async () => {
    const attempts: number[] = [];
    const value = await retry(({ attemptNumber }) => {
      attempts.push(attemptNumber);
      if (attemptNumber < 3) throw new ConnectionError("reset");
      return "done";
    }, options);
    expect(value).toBe("done");
    expect(attempts).toEqual([1, 2, 3]);
  });

  it("gives up with the last error as cause", async () => {
    const last = new TimeoutError("too late");
    const failed = await retry(() => Promise.reject(last), options).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(RetryError);
    expect(failed).toMatchObject({ attempts: 3, cause: last });
  });

  it("lets an error through that is not one to try again", async () => {
    const bug = new TypeError("x is not a function");
    const isReset = retryIfExceptionType(ConnectionError);
    await expect(retry(() => Promise.reject(bug), { ...options, retry: isReset })).rejects.toBe(bug);
  });

  it("needs no options", async () => {
    expect(await retry(async () => 7)).toBe(7);
  });

  it("hands the function a signal that follows the one of the options", async () => {
    const stop = new AbortController();
    const asked = retry(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
          stop.abort(new Error("enough"));
        }),
      { ...options, signal: stop.signal },
    );
    await expect(asked).rejects.toThrow("enough");
  });
});
