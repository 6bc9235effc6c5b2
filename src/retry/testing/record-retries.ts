import { andThen } from "../maybe-promise.ts";
import type { RetryHook, RetryOptions } from "../options.ts";
import { retryIfException } from "../retry-if.ts";
import { TryAgain } from "../errors/index.ts";
import type { Outcome, RetryState } from "../state.ts";

/** One attempt that was made. */
export interface RecordedAttempt {
  /** From 1. */
  readonly attemptNumber: number;
  /** What it returned or raised. */
  readonly outcome: Outcome | undefined;
  /** From the start of the call to the end of the attempt. */
  readonly elapsedMs: number;
}

/** What happened in the calls of a policy. */
export interface RetryRecord {
  /** The options, which write down what happens: make the policy from these. */
  readonly options: RetryOptions;
  /** Every attempt, in the order in which they ended. */
  readonly attempts: readonly RecordedAttempt[];
  /** Every sleep, in milliseconds. */
  readonly waitsMs: readonly number[];
}

/**
 * Adds a recorder to options; their own hooks and predicate are still called.
 *
 * @example
 * ```ts
 * import { retry, waitExponential } from "holdfast/retry";
 * import { FakeClock, recordRetries } from "holdfast/retry/testing";
 *
 * const record = recordRetries({ wait: waitExponential({ multiplier: "1s" }), clock: new FakeClock() });
 * const fetchPage = async (attempt: number) => {
 *   if (attempt < 3) throw new Error("down");
 * };
 * await retry(({ attemptNumber }) => fetchPage(attemptNumber), record.options);
 * console.log(record.attempts.map(({ outcome }) => outcome?.status), record.waitsMs);
 * // prints: [ 'raised', 'raised', 'returned' ] [ 1000, 2000 ]
 * ```
 */
export function recordRetries(options: RetryOptions = {}): RetryRecord {
  const attempts: RecordedAttempt[] = [];
  const waitsMs: number[] = [];
  const { retry = retryIfException() } = options;
  const ended = ({ attemptNumber, outcome, elapsedMs }: RetryState): void =>
    void attempts.push({ attemptNumber, outcome, elapsedMs });
  return {
    attempts,
    waitsMs,
    options: {
      ...options,
      retry: (state) => {
        ended(state);
        return retry(state);
      },
      // The predicate is not called for a TryAgain.
      after: followedBy(options.after, (state) => {
        if (state.outcome?.status === "raised" && state.outcome.error instanceof TryAgain) ended(state);
      }),
      beforeSleep: followedBy(options.beforeSleep, (state) => waitsMs.push(state.upcomingSleepMs)),
    },
  };
}

function followedBy(hook: RetryHook | undefined, then: (state: RetryState) => unknown): RetryHook {
  return (state) => andThen(hook?.(state), () => then(state));
}
