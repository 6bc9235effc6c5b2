import { describe, expect, test } from "vitest";
import { ConnectionError, RetryError, TimeoutError, withRetry } from "../../src/retry/index.ts";
import { failingWith, WITHOUT_WAIT } from "./retry-fixtures.ts";

describe("withRetry decorator", () => {
  test("the default config lets a function that succeeds through, with one call", async () => {
    const fetchPage = failingWith();
    expect(await withRetry()(fetchPage)()).toBe("ok");
    expect(fetchPage.calls).toBe(1);
  });

  test("a custom config decides how many calls there are", async () => {
    const fetchPage = failingWith(...Array.from({ length: 4 }, () => new ConnectionError("reset")));
    expect(await withRetry({ ...WITHOUT_WAIT, maxAttempts: 5 })(fetchPage)()).toBe("ok");
    expect(fetchPage.calls).toBe(5);
  });

  test("a configured exception is retried", async () => {
    const fetchPage = failingWith(new ConnectionError("reset"), new TimeoutError("slow"));
    expect(await withRetry(WITHOUT_WAIT)(fetchPage)()).toBe("ok");
    expect(fetchPage.calls).toBe(3);
  });

  test("another exception is thrown as it is, after one call", async () => {
    const bug = new TypeError("x is undefined");
    const fetchPage = failingWith(bug);
    await expect(withRetry(WITHOUT_WAIT)(fetchPage)()).rejects.toBe(bug);
    expect(fetchPage.calls).toBe(1);
  });

  test("after maxAttempts calls, exactly, a RetryError is thrown with the last error as its cause", async () => {
    const errors = [1, 2, 3, 4, 5].map((n) => new ConnectionError(`reset ${n}`));
    const fetchPage = failingWith(...errors);
    const error: unknown = await withRetry(WITHOUT_WAIT)(fetchPage)().catch((error: unknown) => error);
    expect(error).toBeInstanceOf(RetryError);
    expect(error).toMatchObject({
      attempts: 3,
      reason: "attempts",
      lastAttempt: { status: "raised", error: errors[2] },
      errors: errors.slice(0, 3),
    });
    expect((error as Error).cause).toBe(errors[2]);
    expect(fetchPage.calls).toBe(3);
  });

  test("the function keeps its name, its length and the properties that document it", () => {
    async function fetchPage(url: string, depth: number): Promise<string> {
      return `${url} to ${depth}`;
    }
    const wrapped = withRetry()(Object.assign(fetchPage, { description: "Fetches a page." }));
    expect(wrapped.name).toBe("fetchPage");
    expect(wrapped.length).toBe(2);
    expect(wrapped.description).toBe("Fetches a page.");
  });

  test("arguments, `this` and the result pass through", async () => {
    class Api {
      readonly base = "https://example.org";
      get = withRetry()(async function get(this: Api, path: string): Promise<string> {
        return this.base + path;
      });
    }
    expect(await new Api().get("/a")).toBe("https://example.org/a");
  });

  test("a function that returns no promise gets one", async () => {
    const double = withRetry()((n: number) => n * 2);
    const result: Promise<number> = double(21);
    expect(result).toBeInstanceOf(Promise);
    expect(await result).toBe(42);
  });
});
