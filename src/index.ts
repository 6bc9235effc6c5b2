// Pipelines: what a user writes.
export {
  definePipeline,
  hashPipeline,
  isPipeline,
  type AnyPipeline,
  type AnyStep,
  type PhaseDefinition,
  type PhaseEnd,
  type PhaseFlow,
  type PhaseNameIsTaken,
  type PhaseStart,
  type Pipeline,
} from "./core/pipeline.ts";
export { defineCollect, defineStep, type Collect, type Step, type StepOptions } from "./core/step.ts";
export {
  fanOut,
  fanOutAgain,
  filter,
  review,
  skip,
  type ContentOf,
  type FanOut,
  type FanOutAgain,
  type FanOutOptions,
  type Filter,
  type Outcome,
  type Review,
  type Skip,
} from "./core/outcome.ts";
export type { StepContext, StepServices } from "./core/step-context.ts";
export type { StandardSchema } from "./core/standard-schema.ts";
export type {
  BrokenElement,
  SkippedElement,
  Source,
  SourceContext,
  SourceInput,
  SourceItem,
  SourceRecord,
  SourceTotal,
} from "./core/source.ts";
export type { LoadChange, Loaded, Sink } from "./core/sink.ts";

// Runs: starting, resuming, retrying, looking at them.
export {
  cleanSessions,
  listItems,
  listReview,
  listSessions,
  planPipeline,
  planRetry,
  reportItem,
  reportSession,
  resumeSession,
  retryFailed,
  runPipeline,
  startWorker,
  type CleanedSession,
  type CleanOptions,
  type Estimate,
  type FailureGroup,
  type ItemDetails,
  type ItemList,
  type ItemListQuery,
  type NewRunOptions,
  type PlanCounts,
  type PlannedEnd,
  type PlanOptions,
  type Range,
  type ReasonCount,
  type ResumeOptions,
  type RetryCandidate,
  type RetryPlan,
  type RetryQuery,
  type ReviewItem,
  type ReviewQuery,
  type RunningWorker,
  type RunOptions,
  type RunPlan,
  type SessionReport,
  type StepOfItem,
  type WorkerOptions,
} from "./run/index.ts";
export { RunControl, type StopCause } from "./core/run-control.ts";
export type { RunEvent, RunListener } from "./core/run-event.ts";
export type { ForeseenEnd, ForeseenItem } from "./core/foresee.ts";
export type { RunRecord } from "./core/run-log.ts";
export type { SessionOutcome } from "./core/runner.ts";
export { defaultConfig, findWorkspace, resolveConfig, type Config } from "./core/config.ts";
export { DEFAULT_LANE_LIMITS, type LaneLimits, type RateLimit } from "./core/lane-limits.ts";
export type { LaneChange, LaneEvent } from "./core/lane-event.ts";
export type { Ceilings } from "./core/ceilings.ts";
export type { Price, PriceTable } from "./core/price-table.ts";
export { sumUsage, type Usage } from "./core/usage.ts";

// Sessions and what they hold.
export {
  ItemStatus,
  PhaseStatus,
  PhaseType,
  SessionStatus,
  StageStatus,
  StageType,
  StepStatus,
} from "./core/status.ts";
export type { JsonValue, ProcessingItem, StepResult } from "./core/models.ts";
export {
  createSession,
  parseSession,
  serializeSession,
  type PhaseSummary,
  type PipelineRef,
  type Session,
} from "./core/session.ts";
export { generateSessionId, isSessionId, validateSessionId } from "./core/session-id.ts";
export { SessionManager, type ListedSession, type NewSession } from "./core/session-manager.ts";
export { createPhase, type FailedItem, type Phase } from "./core/phase.ts";
export { PhaseManager, type PhaseFolders } from "./core/phase-manager.ts";
export { createStage, stageStatus, type Stage, type Stages, type StepSummary } from "./core/stage.ts";
export { StepTracker, type TrackedStep } from "./core/step-tracker.ts";
export { countItems, NO_ITEMS, wholeItems } from "./core/item-counts.ts";
export type { EndedItem, FailureRecord, ItemCounts, LoadCount, ReopenQuery, StepTotals } from "./core/store.ts";

// Failures, models and services: for those who write sources, sinks and models.
export { HoldfastError, type HoldfastErrorCode, type HoldfastErrorOptions } from "./core/errors.ts";
export { messageOf } from "./core/error-message.ts";
export { maskSecrets, secretMask, type Environment, type Mask } from "./core/mask-secrets.ts";
export {
  classifyFailure,
  FAILURES,
  StepError,
  type FailureEffect,
  type FailureKind,
  type StepErrorOptions,
} from "./core/failure.ts";
export type {
  GenerateAnswer,
  GenerateRequest,
  Material,
  MaterialMessage,
  Model,
  ModelInfo,
  TokenUsage,
} from "./core/model.ts";
export type { AnswerCache } from "./core/cache.ts";
export type { Ledger, LedgerEntry } from "./core/ledger.ts";
export type { Logger } from "./core/logger.ts";
export type { Engine, EngineOptions } from "./core/engine.ts";
