import type { AttemptContext } from "./attempt.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import type { RetryOptions } from "./options.ts";
import { Retrying } from "./retrying.ts";

/**
 * Calls `fn` until an attempt is accepted, and resolves with its value. `fn` gets the attempt: its number, a signal to
 * pass on, the time left. For a policy that is used more than once, create a {@link Retrying}: `retry` creates one per
 * call.
 *
 * @throws RetryError when it gives up; the function's own error when no further attempt is asked for; `signal.reason`
 * when the signal of `options` aborts; RangeError for a bad option, which it names.
 *
 * @example
 * ```ts
 * import { ConnectionError, retry, stopAfterAttempt, waitFixed } from "holdfast/retry";
 *
 * const connect = async (attempt: number): Promise<string> => {
 *   if (attempt < 3) throw new ConnectionError("connection reset");
 *   return `connected at attempt ${attempt}`;
 * };
 *
 * console.log(await retry(({ attemptNumber }) => connect(attemptNumber), { stop: stopAfterAttempt(5), wait: waitFixed("1ms") }));
 * // prints: connected at attempt 3
 * ```
 */
export function retry<T>(fn: (attempt: AttemptContext) => MaybePromise<T>, options: RetryOptions = {}): Promise<T> {
  return new Retrying(options).run(fn);
}
