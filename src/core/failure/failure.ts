import { ConnectionError, TimeoutError } from "../../retry/errors/index.ts";
import type { TokenUsage, ToldLimits } from "../base/index.ts";
import { HoldfastError, brand, hasBrand } from "./errors.ts";
import { errnoOf } from "./write-failure.ts";

/**
 * What a failure means for the item and for the run: one table for the whole project.
 * - `retry`: the same call may succeed later.
 * - `reask`: call again, and tell the model what was wrong with its answer.
 * - `pause`: the API asked to slow down; the lane waits and the attempt does not count.
 * - `stop`: no item can succeed until a person fixes something; the run stops and pending items stay pending.
 * - `fail`: this item fails; the others continue.
 * - `release`: the run was stopped; the item goes back to pending.
 */
export const FAILURES = {
  transient: { does: "retry", means: "a network or server fault that may pass" },
  rate_limit: { does: "pause", means: "the API asked us to slow down" },
  quota: { does: "stop", means: "the account has no quota or money left" },
  auth: { does: "stop", means: "the API refused our credentials" },
  missing_model: { does: "stop", means: "the model or endpoint does not exist" },
  input: { does: "fail", means: "this item cannot be processed as it is" },
  input_too_long: { does: "fail", means: "this item does not fit into the model's context" },
  answer: { does: "reask", means: "the answer was empty, cut off or not in the form asked for" },
  write: { does: "stop", means: "results cannot be written" },
  cancelled_by_user: { does: "fail", means: "you cancelled it" },
  poison: { does: "fail", means: "the process died each time its call was under way" },
  bug: { does: "fail", means: "the step's own code failed" },
  cancelled: { does: "release", means: "the run was stopped" },
} as const;

/** What a run does about a failure: see {@link FAILURES}. */
export type FailureEffect = (typeof FAILURES)[FailureKind]["does"];
/** The kind of a failure, which decides what to do: a key of {@link FAILURES}. */
export type FailureKind = keyof typeof FAILURES;

const STEP_ERROR = Symbol.for("holdfast.step-error");

/** What ends an answer before its end. */
export type CutOff = "cap" | "context";

/** The details of a failure besides its kind and message. */
export interface StepErrorOptions extends ErrorOptions {
  /** Only for `rate_limit`: how long the API asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Only for `answer`: what cut it off, the most tokens that it was allowed or the end of the model's context. */
  readonly cutOffBy?: CutOff;
  /** What the call has used all the same, as far as the server said. Absent where the model did not work on it. */
  readonly usage?: TokenUsage;
  /** What the server told of its limits when it refused or broke off; the lane of the call keeps it. */
  readonly limits?: ToldLimits | undefined;
  /** The request that failed, as sent (secrets masked); kept beside the failed item. */
  readonly request?: string;
  /** What came back, as received; kept beside the failed item. */
  readonly rawAnswer?: string;
}

/**
 * An error with its kind of failure. Adapters of APIs and models throw it, and so may any step.
 *
 * @example
 * ```ts
 * import { classifyFailure, FAILURES, StepError } from "holdfast";
 *
 * const error = new StepError("rate_limit", "The wiki allows 10 requests a minute.", { retryAfterMs: 6000 });
 * const kind = classifyFailure(error);
 * console.log(kind, error.retryAfterMs, FAILURES[kind]);
 * // prints: rate_limit 6000 { does: 'pause', means: 'the API asked us to slow down' }
 * ```
 */
export class StepError extends Error {
  /** Also true for errors of another copy of this package: a pipeline may bring its own. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasBrand(value, STEP_ERROR);
  }

  /** Decides what the run does: see {@link FAILURES}. */
  readonly kind: FailureKind;
  /** Only for `rate_limit`: how long the API asked us to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Only for `answer`: what cut it off, the most tokens that it was allowed or the end of the model's context. */
  readonly cutOffBy: CutOff | undefined;
  /** What the call has used all the same, as far as the server said. */
  readonly usage: TokenUsage | undefined;
  /** What the server told of its limits. */
  readonly limits: ToldLimits | undefined;
  /** The request that failed, as sent (secrets masked). */
  readonly request: string | undefined;
  /** What came back, as received. */
  readonly rawAnswer: string | undefined;

  constructor(kind: FailureKind, message: string, options: StepErrorOptions = {}) {
    super(message, options);
    brand(this, STEP_ERROR);
    this.name = "StepError";
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs;
    this.cutOffBy = options.cutOffBy;
    this.usage = options.usage;
    this.limits = options.limits;
    this.request = options.request;
    this.rawAnswer = options.rawAnswer;
  }
}

/**
 * Returns the kind of failure of an error. Errors that match no rule count as the item's own (`input`).
 *
 * @example
 * ```ts
 * import { classifyFailure, StepError } from "holdfast";
 * import { ConnectionError } from "holdfast/retry";
 *
 * const tooMany = Object.assign(new Error("429 Too Many Requests"), { status: 429 });
 * const noSummary = new StepError("answer", "no summary");
 * console.log([new ConnectionError("reset"), tooMany, noSummary, new RangeError("page 0")].map(classifyFailure));
 * // prints: [ 'transient', 'rate_limit', 'answer', 'input' ]
 * ```
 */
export function classifyFailure(error: unknown): FailureKind {
  if (error instanceof StepError) return error.kind;
  if (isWriteFault(error)) return "write";
  if (error instanceof ConnectionError || error instanceof TimeoutError) return "transient";
  if (error instanceof TypeError || error instanceof ReferenceError) return "bug";
  return KIND_OF_HTTP_STATUS[httpStatusOf(error) ?? 0] ?? (isServerFault(error) ? "transient" : "input");
}

/** Faults of one path only; every other write that fails would fail for the next item too. */
const FAULTS_OF_ONE_PATH: ReadonlySet<unknown> = new Set(["ENAMETOOLONG", "EISDIR", "EEXIST", "ENOTDIR"]);
const DISK_FAULTS: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", "EROFS", "EIO"]);

function isWriteFault(error: unknown): boolean {
  if (error instanceof HoldfastError)
    return error.code === "write_failed" && !FAULTS_OF_ONE_PATH.has(errnoOf(error.cause));
  return DISK_FAULTS.has(errnoOf(error));
}

const KIND_OF_HTTP_STATUS: Readonly<Record<number, FailureKind>> = {
  401: "auth",
  402: "quota",
  408: "transient",
  413: "input_too_long",
  425: "transient",
  429: "rate_limit",
};

const isServerFault = (error: unknown): boolean => {
  const status = httpStatusOf(error);
  return status !== undefined && status >= 500 && status <= 599 && status !== 501;
};

/** The HTTP status an error of a well-known client carries (`status`, `statusCode` or `response.status`). */
function httpStatusOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { status, statusCode, response } = error as {
    status?: unknown;
    statusCode?: unknown;
    response?: { status?: unknown } | null;
  };
  return [status, statusCode, response?.status].find((value): value is number => typeof value === "number");
}
