export type { RunOptions } from "./run-options.ts";
export { resumeSession, retryFailed, runPipeline, type NewRunOptions, type ResumeOptions } from "./run-pipeline.ts";
export { listSessions, reportSession, type ReasonCount, type SessionReport } from "./session-report.ts";
