import { describe, expect, test } from "vitest";
import { type ErrorClass, RetryError, withRetry } from "../../src/retry/index.ts";
import { failingWith, WITHOUT_WAIT } from "./retry-fixtures.ts";

class ApiError extends Error {}
class RateLimitError extends ApiError {}
class ParseError extends Error {}

/** How many calls a function gets that raises `errors` in turn. */
async function callsWith(retryExceptions: readonly ErrorClass[], ...errors: readonly Error[]): Promise<number> {
  const fn = failingWith(...errors);
  await withRetry({ ...WITHOUT_WAIT, retryExceptions })(fn)().catch(() => {});
  return fn.calls;
}

describe("exception-specific retry", () => {
  test("one type: it is retried, another is not", async () => {
    expect(await callsWith([ApiError], new ApiError())).toBe(2);
    expect(await callsWith([ApiError], new ParseError())).toBe(1);
  });

  test("several types: each of them is retried", async () => {
    expect(await callsWith([ApiError, ParseError], new ApiError(), new ParseError())).toBe(3);
    expect(await callsWith([ApiError, ParseError], new RangeError())).toBe(1);
  });

  test("a subclass is retried as its parent, and not the other way round", async () => {
    expect(await callsWith([ApiError], new RateLimitError())).toBe(2);
    expect(await callsWith([RateLimitError], new ApiError())).toBe(1);
  });

  test("an empty list retries nothing, and throws the error itself", async () => {
    const error = new ApiError("down");
    const thrown: unknown = await withRetry({ retryExceptions: [] })(failingWith(error))().catch((e: unknown) => e);
    expect(thrown).toBe(error);
    expect(thrown).not.toBeInstanceOf(RetryError);
    expect(await callsWith([], new ApiError())).toBe(1);
  });

  test("an abstract class is a type like any other", async () => {
    abstract class Temporary extends Error {}
    class Busy extends Temporary {}
    expect(await callsWith([Temporary], new Busy())).toBe(2);
  });
});
