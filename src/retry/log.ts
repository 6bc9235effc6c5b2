import type { RetryHook } from "./options.ts";
import type { RetryState } from "./state.ts";

/** The level of a log line: the name of the logger's method. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** Anything with console's methods: console, pino, winston. */
export type RetryLogger = { readonly [L in LogLevel]: (message: string) => unknown };

/**
 * Logs the beginning of each attempt.
 *
 * @example
 * ```ts
 * import { beforeLog, retry, waitNone } from "holdfast/retry";
 *
 * const answers = [new Error("down"), "a page"];
 * const fetchPage = () => {
 *   const answer = answers.shift();
 *   if (answer instanceof Error) throw answer;
 * };
 * await retry(fetchPage, { wait: waitNone(), before: beforeLog(console) });
 * // prints: Starting call to 'fetchPage', this is the 1st time calling it.
 * // prints: Starting call to 'fetchPage', this is the 2nd time calling it.
 * ```
 */
export function beforeLog(logger: RetryLogger, level: LogLevel = "info"): RetryHook {
  return ({ name, attemptNumber }) => {
    logger[level](`Starting call to '${name}', this is the ${ordinal(attemptNumber)} time calling it.`);
  };
}

/**
 * Logs each attempt that must be retried, and how long the call has taken.
 *
 * @example
 * ```ts
 * import { afterLog, retry, waitNone } from "holdfast/retry";
 * import { FakeClock } from "holdfast/retry/testing";
 *
 * const answers = [new Error("down"), "a page"];
 * const fetchPage = () => {
 *   const answer = answers.shift();
 *   if (answer instanceof Error) throw answer;
 * };
 * await retry(fetchPage, { wait: waitNone(), after: afterLog(console, "warn"), clock: new FakeClock() });
 * // prints: Finished call to 'fetchPage' after 0 s, this was the 1st time calling it.
 * ```
 */
export function afterLog(logger: RetryLogger, level: LogLevel = "info"): RetryHook {
  return ({ name, attemptNumber, elapsedMs }) => {
    const seconds = toSeconds(elapsedMs);
    logger[level](
      `Finished call to '${name}' after ${seconds} s, this was the ${ordinal(attemptNumber)} time calling it.`,
    );
  };
}

/**
 * Logs each sleep and the outcome that it follows.
 *
 * @example
 * ```ts
 * import { beforeSleepLog, retry, waitFixed } from "holdfast/retry";
 * import { FakeClock } from "holdfast/retry/testing";
 *
 * const answers = [new Error("down"), "a page"];
 * const fetchPage = () => {
 *   const answer = answers.shift();
 *   if (answer instanceof Error) throw answer;
 * };
 * await retry(fetchPage, { wait: waitFixed("1.5s"), beforeSleep: beforeSleepLog(console), clock: new FakeClock() });
 * // prints: Retrying 'fetchPage' in 1.5 s as it raised Error: down.
 * ```
 */
export function beforeSleepLog(logger: RetryLogger, level: LogLevel = "info"): RetryHook {
  return ({ name, upcomingSleepMs, outcome }) => {
    logger[level](`Retrying '${name}' in ${toSeconds(upcomingSleepMs)} s as it ${told(outcome)}.`);
  };
}

function told(outcome: RetryState["outcome"]): string {
  if (outcome?.status !== "raised") return `returned ${String(outcome?.value)}`;
  return `raised ${String(outcome.error)}`;
}

/** Three digits are enough for people. */
function toSeconds(ms: number): number {
  return Number((ms / 1000).toPrecision(3));
}

function ordinal(n: number): string {
  const ending = n % 100 > 10 && n % 100 < 14 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${ending}`;
}
