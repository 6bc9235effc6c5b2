export { cleanSessions, type CleanedSession, type CleanOptions } from "./clean-sessions.ts";
export { DEFAULT_SPEED, type Estimate, type Range } from "./estimate.ts";
export { planPipeline, type PlanOptions, type RunPlan } from "./plan-pipeline.ts";
export type { PlanCounts, PlannedEnd } from "./plan-tally.ts";
export type { RunOptions } from "./run-options.ts";
export {
  resumeSession,
  retryFailed,
  runPipeline,
  type NewRunOptions,
  type ResumeOptions,
  type RetriedOutcome,
  type RetryFailedOptions,
} from "./run-pipeline.ts";
export type { WatchedRun } from "./watched-run.ts";
