import type { Hint } from "./hint.ts";

/** Every `code` a {@link HoldfastError} can carry. */
export type HoldfastErrorCode =
  | "usage"
  | "input_unreadable"
  | "input_malformed"
  | "model_unusable"
  | "queue_unusable"
  | "session_invalid_id"
  | "session_exists"
  | "session_not_found"
  | "session_locked"
  | "session_damaged"
  | "session_layout"
  | "pipeline_invalid"
  | "pipeline_changed"
  | "step_failed"
  | "write_failed"
  | "internal";

const HOLDFAST_ERROR = Symbol.for("holdfast.error");

/** Whether a value carries a mark that all copies of this package share. */
export const hasBrand = (value: unknown, brand: symbol): boolean =>
  typeof value === "object" && value !== null && brand in value;

/** Marks an error without showing up when it is printed. */
export const brand = (error: Error, mark: symbol): void => void Object.defineProperty(error, mark, { value: true });

/** The options of an error besides its message. */
export interface HoldfastErrorOptions extends ErrorOptions {
  /** What to do next. */
  readonly hint?: Hint;
}

/**
 * What Holdfast throws when something cannot be begun or read. What steps and models throw is a `StepError`, and the retry
 * engine gives up with a `RetryError`. The message says what happened and what is safe; `hint` says what
 * to do next, and `hintText` gives its text.
 *
 * @example
 * ```ts
 * import { HoldfastError, hintText, SessionManager } from "holdfast";
 *
 * try {
 *   await new SessionManager(".holdfast").load("last tuesday");
 * } catch (error) {
 *   if (!(error instanceof HoldfastError)) throw error;
 *   console.log(error.code);
 *   console.log(error.message);
 *   console.log(error.hint && hintText(error.hint));
 * }
 * // prints: session_invalid_id
 * // prints: Expected a session id like 20260119_143052 (...) or 20260119_143052_02, got "last tuesday".
 * // prints: `listSessions(workspace)` ...
 * ```
 */
export class HoldfastError extends Error {
  /** Also true for errors of another copy of this package: a pipeline may bring its own. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasBrand(value, HOLDFAST_ERROR);
  }

  /** The kind of error, for programs. */
  readonly code: HoldfastErrorCode;
  /** What to do next; `hintText` gives its text. */
  readonly hint: Hint | undefined;

  constructor(code: HoldfastErrorCode, message: string, options: HoldfastErrorOptions = {}) {
    super(message, options);
    brand(this, HOLDFAST_ERROR);
    this.name = "HoldfastError";
    this.code = code;
    this.hint = options.hint;
  }
}
