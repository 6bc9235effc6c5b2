export { cleanSessions, type CleanedSession, type CleanOptions } from "./clean-sessions.ts";
export { reportDrift, type DriftReport, type UnknownName } from "./drift-report.ts";
export type { FailureGroup } from "./failure-groups.ts";
export { reportItem, type ItemDetails, type StepOfItem } from "./item-details.ts";
export { planRetry, type RetryCandidate, type RetryPlan, type RetryQuery } from "./retry-plan.ts";
export type { RunOptions } from "./run-options.ts";
export { resumeSession, retryFailed, runPipeline, type NewRunOptions, type ResumeOptions } from "./run-pipeline.ts";
export { startWorker, type RunningWorker, type WorkerOptions } from "./run-worker.ts";
export { listSessions, reportSession, type ReasonCount, type SessionReport } from "./session-report.ts";
