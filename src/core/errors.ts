/** Every `code` a {@link HoldfastError} can carry. */
export type HoldfastErrorCode =
  | "usage"
  | "input_unreadable"
  | "input_malformed"
  | "model_unusable"
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

export interface HoldfastErrorOptions extends ErrorOptions {
  /** What to run or change next, as one sentence. */
  readonly hint?: string;
}

/** The base of every error Holdfast throws itself. The message says what happened and what is safe; `hint` says what to do next. */
export class HoldfastError extends Error {
  readonly code: HoldfastErrorCode;
  readonly hint: string | undefined;

  constructor(code: HoldfastErrorCode, message: string, options: HoldfastErrorOptions = {}) {
    super(message, options);
    this.name = "HoldfastError";
    this.code = code;
    this.hint = options.hint;
  }
}
