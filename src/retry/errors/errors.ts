import { isConnectionFailure, isTimeout } from "./platform-errors.ts";
import type { Outcome } from "../state.ts";
import type { GiveUpReason } from "../stop.ts";

/** The arguments of a {@link RetryError}, or of a class of your own in its place. */
export interface RetryErrorDetails {
  /** Name of the policy or of the function. */
  readonly name: string;
  /** Why there was no further attempt. */
  readonly reason: GiveUpReason;
  /** How many attempts were made. */
  readonly attempts: number;
  /** How the last attempt ended. */
  readonly lastAttempt: Outcome;
  /** The last errors raised, at most 10, the newest last. */
  readonly errors: readonly unknown[];
}

/**
 * Thrown when a call is given up. `cause` is the last error itself, or absent when a value was not accepted.
 *
 * @example
 * ```ts
 * import { retry, RetryError, waitNone } from "holdfast/retry";
 *
 * const fetchPage = async (): Promise<string> => {
 *   throw new Error("down");
 * };
 * try {
 *   await retry(fetchPage, { wait: waitNone() });
 * } catch (error) {
 *   if (!(error instanceof RetryError)) throw error;
 *   console.log(error.reason, error.attempts, String(error.cause));
 * }
 * // prints: attempts 3 Error: down
 * ```
 */
export class RetryError extends Error {
  override name = "RetryError";
  /** Constant, to tell this error apart without `instanceof`. */
  readonly code = "RETRY_GAVE_UP";
  /** Why there was no further attempt. */
  readonly reason: GiveUpReason;
  /** How many attempts were made. */
  readonly attempts: number;
  /** How the last attempt ended: its error, or the value that was not accepted. */
  readonly lastAttempt: Outcome;
  /** The last errors raised, at most 10, the newest last. */
  readonly errors: readonly unknown[];

  constructor({ name, reason, attempts, lastAttempt, errors }: RetryErrorDetails) {
    const raised = lastAttempt.status === "raised";
    super(
      `\`${name}\` gave up after ${attempts} attempt${attempts === 1 ? "" : "s"} (${reason}): ` +
        (raised ? textOf(lastAttempt.error) : "the returned value was not accepted"),
      raised ? { cause: lastAttempt.error } : undefined,
    );
    this.reason = reason;
    this.attempts = attempts;
    this.lastAttempt = lastAttempt;
    this.errors = errors;
  }
}

/**
 * Throw it inside the function to force a retry, whatever the predicate says; stop and wait still apply.
 *
 * @example
 * ```ts
 * import { retry, TryAgain, waitNone } from "holdfast/retry";
 *
 * const pages = [{ ready: false }, { ready: true, rows: 12 }];
 * const readPage = async () => {
 *   const page = pages.shift();
 *   if (!page?.ready) throw new TryAgain("the page is not ready");
 *   return page.rows;
 * };
 * console.log(await retry(readPage, { wait: waitNone() }));
 * // prints: 12
 * ```
 */
export class TryAgain extends Error {
  override name = "TryAgain";
}

/**
 * The connection failed or broke. `instanceof` also matches the platform's own errors: `ECONNRESET`, `ECONNREFUSED`,
 * `EPIPE`, `ENOTFOUND`, `EAI_AGAIN`, `UND_ERR_SOCKET`, and fetch's TypeError when such a failure is its cause.
 *
 * @example
 * ```ts
 * import { ConnectionError } from "holdfast/retry";
 *
 * // Yours, and what the platform raises.
 * const reset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
 * const errors = [new ConnectionError("no route"), reset, new TypeError("fetch failed", { cause: reset })];
 * console.log(errors.map((error) => error instanceof ConnectionError), new TypeError() instanceof ConnectionError);
 * // prints: [ true, true, true ] false
 * ```
 */
export class ConnectionError extends Error {
  override name = "ConnectionError";

  static override [Symbol.hasInstance](value: unknown): boolean {
    return isReally(this, value) || (this === ConnectionError && isConnectionFailure(value));
  }
}

/**
 * Something took too long. `instanceof` also matches the platform's own errors: a DOMException named TimeoutError,
 * `ETIMEDOUT`, `UND_ERR_*_TIMEOUT`, and fetch's TypeError when such a failure is its cause.
 *
 * @example
 * ```ts
 * import { sleep, TimeoutError } from "holdfast/retry";
 *
 * // Yours, and what the platform raises.
 * const late = AbortSignal.timeout(1);
 * await sleep("1h", late).catch((error) => console.log(error instanceof TimeoutError));
 * console.log(new TimeoutError("too slow") instanceof TimeoutError, new Error("other") instanceof TimeoutError);
 * // prints: true
 * // prints: true false
 * ```
 */
export class TimeoutError extends Error {
  override name = "TimeoutError";

  static override [Symbol.hasInstance](value: unknown): boolean {
    return isReally(this, value) || (this === TimeoutError && isTimeout(value));
  }
}

/** Ordinary `instanceof`: subclasses inherit the wide one and must not be matched by every platform error. */
function isReally(type: unknown, value: unknown): boolean {
  return Function.prototype[Symbol.hasInstance].call(type, value);
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
