import type { HoldfastErrorCode } from "../../core/failure/index.ts";
import type { ItemCounts } from "../../core/storage/index.ts";
import type { SessionOutcome, StopCause } from "../../core/runner/index.ts";

/** The exit codes of the process. */
export const ExitCode = {
  done: 0,
  usage: 1,
  inputUnreadable: 2,
  modelUnusable: 3,
  partial: 4,
  allFailed: 5,
  limit: 6,
  /** A fault of Holdfast, or of the pipeline's code that ended the process or let an error escape. */
  internal: 70,
  cannotWrite: 74,
  interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

const OF_ERROR: Readonly<Record<HoldfastErrorCode, ExitCode>> = {
  usage: ExitCode.usage,
  pipeline_invalid: ExitCode.usage,
  pipeline_changed: ExitCode.usage,
  session_invalid_id: ExitCode.usage,
  session_exists: ExitCode.usage,
  session_locked: ExitCode.usage,
  session_not_found: ExitCode.inputUnreadable,
  session_damaged: ExitCode.inputUnreadable,
  session_layout: ExitCode.inputUnreadable,
  input_unreadable: ExitCode.inputUnreadable,
  input_malformed: ExitCode.inputUnreadable,
  model_unusable: ExitCode.modelUnusable,
  queue_unusable: ExitCode.modelUnusable,
  step_failed: ExitCode.partial,
  write_failed: ExitCode.cannotWrite,
  internal: ExitCode.internal,
};

const OF_CAUSE: Readonly<Record<StopCause["kind"], ExitCode>> = {
  user: ExitCode.interrupted,
  unusable: ExitCode.modelUnusable,
  limit: ExitCode.limit,
  source: ExitCode.inputUnreadable,
  bug: ExitCode.partial,
  uncaught: ExitCode.internal,
  write: ExitCode.cannotWrite,
};

export const exitCodeOfError = (code: HoldfastErrorCode): ExitCode => OF_ERROR[code];

export function exitCodeOfOutcome({ session, cause }: SessionOutcome): ExitCode {
  if (cause?.kind === "bug" && noneWorked(session.counts)) return ExitCode.allFailed;
  if (cause?.kind === "write" && isDamage(cause.error)) return ExitCode.inputUnreadable;
  if (cause) return OF_CAUSE[cause.kind];
  switch (session.status) {
    case "completed":
      return ExitCode.done;
    case "partial":
      return ExitCode.partial;
    case "failed":
      return ExitCode.allFailed;
    case "pending":
    case "running":
    case "interrupted":
      return ExitCode.interrupted;
  }
}

/** Whether the session's database turned out to be damaged when it was to be written. */
const isDamage = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "code" in error && error.code === "session_damaged";

/** Whether items failed and none succeeded; those that never started do not count. */
const noneWorked = ({ failed, completed, review }: ItemCounts): boolean => failed > 0 && completed + review === 0;

/** Sets the exit code of the process. */
export type SetExitCode = (code: ExitCode) => void;
