export { type AnswerKeys, type AnswerSetting, answerKeys } from "./answer-key.ts";
export { type Config, resolveConfig } from "./config/index.ts";
export {
  type FannedOutParent,
  type FinishedStep,
  type ItemProgress,
  placeIn,
  type StepLayout,
} from "./changed-steps.ts";
export { type FanOutPlan, assertChildren, planFanOuts } from "./fan-out.ts";
export {
  type FanOut,
  type FanOutAgain,
  type Filter,
  type Review,
  type Skip,
  fanOut,
  fanOutAgain,
  filterItem,
  isOutcome,
  sendToReview,
  skipItem,
} from "./outcome.ts";
export { type AnyPipeline, type PhaseDefinition, type Pipeline, definePipeline, hashPipeline } from "./pipeline.ts";
export { type RunnableStep, runnableSteps } from "./runnable-step.ts";
export { idempotencyKeyOf } from "./idempotency-key.ts";
export { LOAD_CHANGES, type LoadChange, type Loaded, type Sink } from "./sink.ts";
export type {
  BrokenElement,
  SkippedElement,
  Source,
  SourceContext,
  SourceInput,
  SourceItem,
  SourceRecord,
  SourceTotal,
} from "./source.ts";
export type { StepContext, StepServices } from "./step-context.ts";
export { type Collect, type Step, defineCollect, defineStep } from "./step.ts";
export { type Timeouts, assertTimeout, isAboveZero } from "./timeouts.ts";
export { isPipeline } from "./pipeline.ts";
