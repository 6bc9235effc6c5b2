import { describe, expect, test } from "vitest";
import { afterLog, beforeLog, beforeSleepLog, type LogLevel, type RetryLogger } from "./log.ts";
import { retryState } from "./testing/index.ts";

function recorder(): { readonly lines: string[]; readonly logger: RetryLogger } {
  const lines: string[] = [];
  const at = (level: LogLevel) => (message: string) => lines.push(`${level}: ${message}`);
  return { lines, logger: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") } };
}

describe("the log hooks", () => {
  test("beforeLog says which call begins", () => {
    const { lines, logger } = recorder();
    for (const attemptNumber of [1, 2, 3, 4, 11, 12, 13, 21, 22, 111, 113]) {
      void beforeLog(logger, "debug")(retryState({ name: "fetchPage", attemptNumber }));
    }
    expect(lines[0]).toBe("debug: Starting call to 'fetchPage', this is the 1st time calling it.");
    expect(lines.map((line) => line.split(" ")[8])).toEqual(
      "1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 111th 113th".split(" "),
    );
  });

  test("afterLog says how long the call has taken, in seconds", () => {
    const { lines, logger } = recorder();
    void afterLog(logger, "warn")(retryState({ name: "fetchPage", elapsedMs: 1234.5678 }));
    expect(lines).toEqual(["warn: Finished call to 'fetchPage' after 1.23 s, this was the 1st time calling it."]);
  });

  test("beforeSleepLog says how long the sleep is and what came before it", () => {
    const { lines, logger } = recorder();
    const hook = beforeSleepLog(logger, "error");
    void hook(
      retryState({ name: "job", upcomingSleepMs: 2500, outcome: { status: "raised", error: new RangeError("far") } }),
    );
    void hook(retryState({ name: "job", upcomingSleepMs: 0, outcome: { status: "returned", value: 503 } }));
    void hook(retryState({ name: "job", upcomingSleepMs: 10, outcome: { status: "raised", error: undefined } }));
    expect(lines).toEqual([
      "error: Retrying 'job' in 2.5 s as it raised RangeError: far.",
      "error: Retrying 'job' in 0 s as it returned 503.",
      "error: Retrying 'job' in 0.01 s as it raised undefined.",
    ]);
  });

  test("the level is info unless told otherwise, and the logger is called as a method", () => {
    class Logger implements RetryLogger {
      readonly #lines: string[] = [];
      get lines(): readonly string[] {
        return this.#lines;
      }
      debug(): void {}
      info(message: string): void {
        this.#lines.push(message);
      }
      warn(): void {}
      error(): void {}
    }
    const logger = new Logger();
    for (const hook of [beforeLog(logger), afterLog(logger), beforeSleepLog(logger)]) void hook(retryState());
    expect(logger.lines.length).toBe(3);
  });
});
