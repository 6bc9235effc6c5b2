export { readAnswer, whileBusy } from "./while-busy.ts";
export type { WorkspaceWaits } from "./waiting-line.ts";
export { assertDeadline, parseUntil, watchDeadline } from "./deadline.ts";
export { cancelPending } from "./cancel-pending.ts";
export { InFlight, cancelledByUser, type Seat } from "./in-flight.ts";
export { LimitGuard } from "./limit-guard.ts";
export { type RunLimits, assertRunLimits } from "./run-limits.ts";
export type {
  Discarded,
  DiscardedSession,
  Discarder,
  DispatchedRun,
  Dispatcher,
  Engine,
  EngineOptions,
  Reclaimer,
  WorkerSettings,
} from "./engine.ts";
export { elsewhereOf, ENGINE_FACT, itemsElsewhere, LOCAL_ENGINE, type SessionFacts } from "../session/index.ts";
export { openLanes } from "./open-lanes.ts";
export { openMetering } from "./open-metering.ts";
export { type DryRunResult, dryRunner } from "./dry-run.ts";
export { type ReadElement, SAME_ID } from "./element-ids.ts";
export { readableElement, stopForWrite } from "./read-source.ts";
export { RunControl } from "./run-control.ts";
export { exitOnPurpose, guardProcess, isCatching, type Uncaught, type UnexpectedExit } from "./guard-process.ts";
export { inListener, type RunningCode } from "./running-code.ts";
export { watchRunningCode } from "./watch-loop.ts";
export type { RunListener } from "./run-event.ts";
export type { PlannedStep } from "./run-item.ts";
export { type StepRun, type StepRunner, cancelledRun, stepRunner, withoutCall } from "./step/run-step.ts";
export { findCached, putCached, usageOfCached, usageOfEqual } from "./step/cached-answer.ts";
export { EqualCalls } from "./step/equal-calls.ts";
export { type StepEnd, isUnansweredEnd } from "./step/step-end.ts";
export type { RunDeps, RunServices } from "./run-deps.ts";
export { type SessionOutcome, runSession } from "./runner.ts";
export type { Child } from "./step/step-output.ts";
export type { RunEvent } from "./run-event.ts";
export type { StopCause } from "./run-control.ts";
