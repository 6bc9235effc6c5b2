export { WorkspaceBusyError } from "./workspace-busy.ts";
export { LaneClosed } from "./lane-closed.ts";
export { NotSent } from "./not-sent.ts";
export { messageOf } from "./error-message.ts";
export { HoldfastError } from "./errors.ts";
export {
  ADDRESSES,
  type AddressSource,
  type Hint,
  type HintOf,
  type HintTable,
  hintText,
  type LimitHint,
  sentences,
  waitOr,
  wordHint,
} from "./hint.ts";
export type { FailedAttempt } from "./failed-attempt.ts";
export {
  type CutOff,
  FAILURES,
  type FailureKind,
  StepError,
  type StepErrorOptions,
  classifyFailure,
} from "./failure.ts";
export { type Environment, type Mask, secretMask } from "./mask-secrets.ts";
export { raisedLimit, TIME_FLAGS, timeLimitIn, timeLimitText, type TimeLimit } from "./time-limit.ts";
export { errnoOf, writeFailed } from "./write-failure.ts";
export type { HoldfastErrorCode } from "./errors.ts";
