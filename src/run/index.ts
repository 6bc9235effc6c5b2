export { cancelItems, cancelSession, type CancelledItems } from "./cancel-session.ts";
export { cleanSessions, type CleanedSession, type CleanOptions } from "./clean-sessions.ts";
export type { CleanedQueue } from "./discard-items.ts";
export { DEFAULT_SPEED, type Estimate, type Range } from "./estimate.ts";
export { planPipeline, type RunPlan } from "./plan-pipeline.ts";
export type { RunOptions } from "./run-options.ts";
export { resumeSession, retryFailed, runPipeline, type RetriedOutcome } from "./run-pipeline.ts";
