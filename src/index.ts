// Pipelines: what a user writes.
export {
  definePipeline,
  type AnyPipeline,
  type AnyStep,
  type PhaseDefinition,
  type PhaseEnd,
  type PhaseFlow,
  type PhaseNameIsTaken,
  type PhaseStart,
  type Pipeline,
  type PipelineOptions,
} from "./core/pipeline/pipeline.ts";
export { defineCollect, defineStep, type Collect, type Step, type StepOptions } from "./core/pipeline/step.ts";
export {
  fanOut,
  fanOutAgain,
  filterItem,
  sendToReview,
  skipItem,
  type ContentOf,
  type FanOut,
  type FanOutAgain,
  type FanOutOptions,
  type Filter,
  type Outcome,
  type Review,
  type Skip,
} from "./core/pipeline/outcome.ts";
export type { Timeouts } from "./core/pipeline/timeouts.ts";
export type { InFlightReport, StepInFlight } from "./core/session/in-flight-file.ts";
export type { StepContext, StepServices } from "./core/pipeline/step-context.ts";
export type { StandardSchema } from "./core/base/standard-schema.ts";
export type {
  BrokenElement,
  SkippedElement,
  Source,
  SourceContext,
  SourceInput,
  SourceItem,
  SourceRecord,
  SourceTotal,
} from "./core/pipeline/source.ts";
export type { LoadChange, Loaded, Sink } from "./core/pipeline/sink.ts";

// Runs: starting, resuming, retrying, looking at them.
export { cleanSessions, type CleanedSession, type CleanOptions } from "./run/clean-sessions.ts";
export type { CleanedQueue } from "./run/discard-items.ts";
export type { Estimate, Range } from "./run/estimate.ts";
export type { FailureGroup } from "./run/reports/failure-groups.ts";
export { reportItem, type ItemDetails, type StepOfItem } from "./run/reports/item-details.ts";
export { listItems, type ItemList, type ItemListQuery } from "./run/reports/list-items.ts";
export { planPipeline, type PlanOptions, type RunPlan } from "./run/plan-pipeline.ts";
export type { PlanCounts, PlannedEnd } from "./run/plan-tally.ts";
export { planRetry, type RetryCandidate, type RetryPlan, type RetryQuery } from "./run/reports/retry-plan.ts";
export { listReview, type ReviewItem, type ReviewQuery } from "./run/reports/review-list.ts";
export type { RunOptions } from "./run/run-options.ts";
export {
  resumeSession,
  retryFailed,
  runPipeline,
  type NewRunOptions,
  type ResumeOptions,
  type RetriedOutcome,
  type RetryFailedOptions,
} from "./run/run-pipeline.ts";
export type { WatchedRun } from "./run/watched-run.ts";
export { listSessions, reportSession, type ReasonCount, type SessionReport } from "./run/reports/session-report.ts";
export type { UnexpectedExit } from "./core/runner/guard-process.ts";
export { RunControl, type StopCause } from "./core/runner/run-control.ts";
export type { RunEvent, RunListener } from "./core/runner/run-event.ts";
export type { DryRunEnd, DryRunResult } from "./core/runner/dry-run.ts";
export type { RunRecord } from "./core/session/run-log.ts";
export type { SessionOutcome } from "./core/runner/runner.ts";
export { defaultConfig, findWorkspace, resolveConfig, type Config } from "./core/pipeline/config/index.ts";
export { DEFAULT_LANE_LIMITS, type LaneLimits, type RateLimit } from "./core/lane/lane-limits.ts";
export type { LaneChange, LaneEvent } from "./core/lane/lane-event.ts";
export type { LimitedThing, ToldLimit, ToldLimits } from "./core/base/told-limits.ts";
export type { LimitName, RunLimits } from "./core/runner/run-limits.ts";
export type { Price, PriceTable } from "./core/model/price-table.ts";
export { NO_USAGE, sumUsage, type Usage } from "./core/model/usage.ts";

// Sessions and what they hold.
export {
  ItemStatus,
  PhaseStatus,
  PhaseType,
  SessionStatus,
  StageStatus,
  StageType,
  StepStatus,
} from "./core/base/status.ts";
export type { JsonValue } from "./core/base/json-value.ts";
export type { ProcessingItem } from "./core/base/processing-item.ts";
export type { StepResult } from "./core/base/step-result.ts";
export type { CreateSessionOptions, PhaseSummary, PipelineRef, Session } from "./core/session/session.ts";
export { generateSessionId, isSessionId } from "./core/session/session-id.ts";
export {
  SessionManager,
  type ListedSession,
  type NewSession,
  type SessionManagerOptions,
} from "./core/session/session-manager.ts";
export type { FailedItem, Phase } from "./core/session/phase.ts";
export type { Stage, Stages, StepSummary } from "./core/session/stage.ts";
export { StepTracker, type StepCost, type StepTrackerOptions, type TrackedStep } from "./core/session/step-tracker.ts";
export type {
  EndedItem,
  FailureRecord,
  ItemCounts,
  LoadCount,
  RefusedItem,
  ReopenQuery,
  StepTotals,
} from "./core/storage/store.ts";

export type { ItemPlace, ItemReport, ItemStep } from "./core/storage/item-report.ts";
export type { FailureFiles } from "./core/session/failed-folder.ts";

// Failures, models and services: for those who write sources, sinks and models.
export { HoldfastError, type HoldfastErrorCode, type HoldfastErrorOptions } from "./core/failure/errors.ts";
export { hintText, type Hint, type HintData, type HintKind, type HintOf, type LimitHint } from "./core/failure/hint.ts";
export { messageOf } from "./core/failure/error-message.ts";
export { maskSecrets, secretMask, type Environment, type Mask } from "./core/failure/mask-secrets.ts";
export {
  classifyFailure,
  FAILURES,
  StepError,
  type CutOff,
  type FailureEffect,
  type FailureKind,
  type StepErrorOptions,
} from "./core/failure/failure.ts";
export type {
  Alternatives,
  AnswerPart,
  GenerateAnswer,
  GenerateRequest,
  Material,
  MaterialMessage,
  Model,
  ModelInfo,
} from "./core/model/language-model.ts";
export { asStepModel } from "./core/model/ask-model.ts";
export { fallback, type FallbackOptions } from "./core/model/fallback.ts";
export { asEmbed } from "./core/model/embed-texts.ts";
export type { Embed, EmbedAnswer, Embedding, EmbeddingModel, EmbedRequest } from "./core/model/embedding-model.ts";
export type { ImagePart, Message, MessagePart, TextPart } from "./core/model/messages.ts";
export type { AnswerSchema, ObjectAnswer, ObjectOf, StepModel, StepRequest } from "./core/model/step-model.ts";
export type { TokenUsage } from "./core/base/token-usage.ts";
export type { Ledger, LedgerEntry, LedgerIntent, LedgerLoad } from "./core/storage/ledger.ts";
export type { Logger } from "./core/base/logger.ts";
export type { Discarder, Engine, Reclaimer } from "./core/runner/engine.ts";
