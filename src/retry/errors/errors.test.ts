import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { ConnectionError, RetryError, TimeoutError, TryAgain } from "./errors.ts";

const withCode = (code: string): Error => Object.assign(new Error(code), { code });
const fetchFailed = (cause: unknown): TypeError => new TypeError("fetch failed", { cause });

type Kind = "connection" | "timeout" | "neither";

function kindOf(error: unknown): Kind {
  const kinds = [error instanceof ConnectionError && "connection", error instanceof TimeoutError && "timeout"] as const;
  const found = kinds.filter((kind) => kind !== false);
  expect(found.length).toBeLessThan(2);
  return found[0] ?? "neither";
}

describe("platform errors", () => {
  const codes = (codes: string): string[] => codes.split(" ");

  test.each(
    codes("ECONNRESET ECONNREFUSED ECONNABORTED EPIPE ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH UND_ERR_SOCKET"),
  )("%s is a ConnectionError, and so is fetch failing or breaking off for it", (code) => {
    expect(kindOf(withCode(code))).toBe("connection");
    expect(kindOf(fetchFailed(withCode(code)))).toBe("connection");
    expect(kindOf(new TypeError("terminated", { cause: withCode(code) }))).toBe("connection");
  });

  test.each(codes("ETIMEDOUT UND_ERR_CONNECT_TIMEOUT UND_ERR_HEADERS_TIMEOUT UND_ERR_BODY_TIMEOUT"))(
    "%s is a TimeoutError, and so is fetch failing for it",
    (code) => {
      expect(kindOf(withCode(code))).toBe("timeout");
      expect(kindOf(fetchFailed(withCode(code)))).toBe("timeout");
    },
  );

  test("a DOMException named TimeoutError is a TimeoutError, one named AbortError is neither", () => {
    expect(kindOf(new DOMException("too late", "TimeoutError"))).toBe("timeout");
    expect(kindOf(new DOMException("aborted", "AbortError"))).toBe("neither");
  });

  test("what AbortSignal.timeout gives is a TimeoutError", async () => {
    const signal = AbortSignal.timeout(1);
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    expect(kindOf(signal.reason)).toBe("timeout");
  });

  test.each(["Failed to fetch", "Load failed", "NetworkError when attempting to fetch resource."])(
    "what a browser says without a cause is a ConnectionError: %s",
    (message) => {
      expect(kindOf(new TypeError(message))).toBe("connection");
      expect(kindOf(new Error(message))).toBe("neither");
    },
  );

  test("what Deno says, in the error or in its cause, is a ConnectionError", () => {
    const said = "error sending request for url (http://127.0.0.1:9999/): client error (Connect)";
    expect(kindOf(fetchFailed(new Error(said)))).toBe("connection");
    expect(kindOf(new TypeError(said))).toBe("connection");
    expect(kindOf(new TypeError("error reading a body from connection"))).toBe("connection");
    expect(kindOf(new Error("mine", { cause: new Error(said) }))).toBe("neither");
  });

  test("fetch that cannot reach a port raises a ConnectionError, and fetch of an invalid URL does not", async () => {
    const server = createServer().listen(0);
    const { port } = Object(server.address());
    await new Promise((resolve) => server.close(resolve));
    const refused: unknown = await fetch(`http://127.0.0.1:${port}`).catch((error: unknown) => error);
    const invalid: unknown = await fetch("http://").catch((error: unknown) => error);
    expect([refused, invalid].map(kindOf)).toEqual(["connection", "neither"]);
  });

  test.each<[string, unknown]>([
    ["a bug's TypeError", new TypeError("Cannot read properties of undefined (reading 'x')")],
    ["fetch failing without a cause", new TypeError("fetch failed")],
    ["a browser's text with another cause", new TypeError("Failed to fetch", { cause: new Error("blocked") })],
    ["fetch failing for a bad scheme", fetchFailed(new Error("unknown scheme"))],
    ["ERR_INVALID_URL", withCode("ERR_INVALID_URL")],
    ["ERR_INVALID_URL inside fetch", fetchFailed(withCode("ERR_INVALID_URL"))],
    ["ENOENT", withCode("ENOENT")],
    ["an error that only has a connection error as its cause", new Error("mine", { cause: withCode("ECONNRESET") })],
    ["a plain object with the code", { code: "ECONNRESET" }],
    ["the code alone", "ECONNRESET"],
    ["undefined", undefined],
    ["null", null],
  ])("%s is neither", (_, error) => {
    expect(kindOf(error)).toBe("neither");
  });
});

describe("the classes", () => {
  test("their own instances and subclasses' instances are matched", () => {
    class DatabaseDown extends ConnectionError {}
    expect([new ConnectionError(), new DatabaseDown()].map(kindOf)).toEqual(["connection", "connection"]);
    expect(new TimeoutError("slow")).toMatchObject({ name: "TimeoutError", message: "slow" });
  });

  test("a subclass does not match platform errors, nor its parent's instances", () => {
    class DatabaseDown extends ConnectionError {}
    class SlowQuery extends TimeoutError {}
    expect(withCode("ECONNRESET") instanceof DatabaseDown).toBe(false);
    expect(withCode("ETIMEDOUT") instanceof SlowQuery).toBe(false);
    expect(new ConnectionError() instanceof DatabaseDown).toBe(false);
    expect(new DatabaseDown() instanceof DatabaseDown).toBe(true);
  });
});

describe("RetryError", () => {
  const details = { name: "fetchPage", reason: "attempts", attempts: 3, errors: [] } as const;

  test("says what gave up, after how many attempts, why, and on what", () => {
    const error = new RangeError("out of range");
    const retryError = new RetryError({ ...details, lastAttempt: { status: "raised", error }, errors: [error] });
    expect(retryError.message).toBe("`fetchPage` gave up after 3 attempts (attempts): RangeError: out of range");
    expect(retryError).toMatchObject({ name: "RetryError", code: "RETRY_GAVE_UP", reason: "attempts", attempts: 3 });
    expect(retryError.cause).toBe(error);
    expect(retryError.errors).toEqual([error]);
  });

  test("has no cause when a value was not accepted, and an undefined one when undefined was thrown", () => {
    const rejected = new RetryError({ ...details, attempts: 1, lastAttempt: { status: "returned", value: 7 } });
    expect(rejected.message).toBe(
      "`fetchPage` gave up after 1 attempt (attempts): the returned value was not accepted",
    );
    expect("cause" in rejected).toBe(false);
    const thrown = new RetryError({ ...details, lastAttempt: { status: "raised", error: undefined } });
    expect("cause" in thrown).toBe(true);
  });

  test("TryAgain is an error with a name", () => {
    expect(new TryAgain("not yet")).toMatchObject({ name: "TryAgain", message: "not yet" });
  });
});
