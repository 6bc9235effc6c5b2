export { LimitGuard } from "./limit-guard.ts";
export { type RunLimits, assertRunLimits } from "./run-limits.ts";
export type { DispatchedRun, Dispatcher, Engine, EngineOptions, Reclaimer, WorkerSettings } from "./engine.ts";
export {
  ENGINE_FACT,
  itemsElsewhere,
  LOCAL_ENGINE,
  type ItemsElsewhere,
  type SessionFacts,
} from "./items-elsewhere.ts";
export { openLanes } from "./open-lanes.ts";
export { type DryRunResult, dryRunner } from "./dry-run.ts";
export { type ReadElement, SAME_ID, countUnread, readAgain, readableElement, stopForWrite } from "./read-source.ts";
export { RunControl } from "./run-control.ts";
export type { RunListener } from "./run-event.ts";
export type { PlannedStep } from "./run-item.ts";
export { type StepEnd, type StepRun, type StepRunner, stepRunner } from "./run-step.ts";
export type { RunDeps } from "./run-deps.ts";
export { type SessionOutcome, runSession } from "./runner.ts";
export type { Child } from "./step-output.ts";
