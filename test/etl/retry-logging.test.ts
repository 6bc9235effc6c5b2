import { describe, expect, test } from "vitest";
import { ConnectionError, withRetry } from "../../src/retry/index.ts";
import { failingWith, MemoryLogger, WITHOUT_WAIT } from "./retry-fixtures.ts";

describe("logging callbacks", () => {
  test("before is logged from the second attempt on, after for each attempt that is tried again, as warnings", async () => {
    const logger = new MemoryLogger();
    const reset = new ConnectionError("reset");
    const fetchPage = failingWith(reset, reset);
    await withRetry(WITHOUT_WAIT, logger)(Object.defineProperty(fetchPage, "name", { value: "fetchPage" }))();
    expect(logger.lines.map((line) => line.replace(/after \S+ s/, "after N s"))).toEqual([
      "warn: Finished call to 'fetchPage' after N s, this was the 1st time calling it.",
      "warn: Starting call to 'fetchPage', this is the 2nd time calling it.",
      "warn: Finished call to 'fetchPage' after N s, this was the 2nd time calling it.",
      "warn: Starting call to 'fetchPage', this is the 3rd time calling it.",
    ]);
  });

  test("a call that succeeds at once logs nothing", async () => {
    const logger = new MemoryLogger();
    await withRetry(WITHOUT_WAIT, logger)(failingWith())();
    expect(logger.lines).toEqual([]);
  });

  test("the last attempt is logged too when the call is given up", async () => {
    const logger = new MemoryLogger();
    const fetchPage = failingWith(...Array.from({ length: 2 }, () => new ConnectionError("reset")));
    await expect(withRetry({ ...WITHOUT_WAIT, maxAttempts: 2 }, logger)(fetchPage)()).rejects.toThrow("gave up");
    expect(logger.lines.at(-1)).toMatch(
      /^warn: Finished call to '.*' after \S+ s, this was the 2nd time calling it\.$/,
    );
  });
});
