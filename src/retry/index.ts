export type { AttemptContext } from "./attempt.ts";
export { RetryBudget } from "./budget.ts";
export { type Clock, systemClock } from "./time/index.ts";
export { buildRetryOptions, DEFAULT_RETRY_CONFIG, type PartialRetryConfig, type RetryConfig } from "./config.ts";
export { type DecisionHooks, type Decision, decide, type GiveUp } from "./decide.ts";
export type { AsyncFunction, MethodContext, RetryDecorator, ThisMethodMustReturnAPromise } from "./decorator.ts";
export type { RetryMessage } from "./diagnostics.ts";
export { type Duration, MAX_WAIT, parseDuration } from "./duration.ts";
export { ConnectionError, RetryError, type RetryErrorDetails, TimeoutError, TryAgain } from "./errors/index.ts";
export { type HttpTransientOptions, retryIfHttpTransient } from "./http-transient.ts";
export { afterLog, beforeLog, beforeSleepLog, type LogLevel, type RetryLogger } from "./log.ts";
export type { LoopAttempt } from "./loop.ts";
export type { MaybePromise } from "./maybe-promise.ts";
export type { RetryHook, RetryOptions } from "./options.ts";
export { parseRetryAfter } from "./parse-retry-after.ts";
export { type RetryAfterOptions, waitRetryAfter } from "./retry-after.ts";
export { retry } from "./retry.ts";
export { type Retried, Retrying, type Wrapped, type WrappedProperties } from "./retrying.ts";
export {
  type ErrorClass,
  type MessageTest,
  type OutcomeTest,
  retryAll,
  retryAlways,
  retryAny,
  retryIfException,
  retryIfExceptionCauseType,
  retryIfExceptionMessage,
  retryIfExceptionType,
  retryIfNotExceptionMessage,
  retryIfNotExceptionType,
  retryIfNotResult,
  retryIfResult,
  retryNever,
  type RetryPredicate,
  retryUnlessExceptionType,
  type SyncRetryPredicate,
} from "./retry-if.ts";
export { sleep, type SleepOptions } from "./sleep.ts";
export type { AnyFunction, Outcome, RetryState, SettledState } from "./state.ts";
export type { RetryStatistics } from "./statistics.ts";
export {
  type GiveUpReason,
  stopAfterAttempt,
  stopAfterDelay,
  stopAll,
  stopAny,
  stopBeforeDelay,
  stopNever,
  type StopStrategy,
  stopWhenAborted,
} from "./stop.ts";
export type { StartTimer } from "./time/index.ts";
export {
  type ExponentialWaitOptions,
  type MsWaitStrategy,
  waitChain,
  waitCombine,
  waitException,
  waitExponential,
  waitFibonacci,
  waitFixed,
  waitIncrementing,
  waitNone,
  type WaitStrategy,
} from "./wait.ts";
export {
  waitDecorrelatedJitter,
  waitEqualJitter,
  waitExponentialJitter,
  waitFullJitter,
  waitRandom,
  waitRandomExponential,
} from "./wait-jitter.ts";
export { createRetryDecorator, retryCall, withRetry } from "./with-retry.ts";
