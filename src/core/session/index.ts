export {
  type InFlightReport,
  type StepInFlight,
  readInFlight,
  removeInFlight,
  writeInFlight,
} from "./in-flight-file.ts";
export { type SessionRequest, leftRequests, putRequest } from "./session-requests.ts";
export { type LogSubject, type StageLogs, openStageLogs } from "./debug-log.ts";
export { hasInputs, writeInputs, writeManifest } from "./extract-manifest.ts";
export { type FailureFiles, keepFailure, readFailure } from "./failed-folder.ts";
export { NO_ITEMS, countItems, statusOfCounts, sumCounts, wholeItems } from "./item-counts.ts";
export {
  ENGINE_FACT,
  elsewhereOf,
  itemsElsewhere,
  LOCAL_ENGINE,
  type ItemsElsewhere,
  type SessionFacts,
} from "./items-elsewhere.ts";
export {
  type FolderPlace,
  hasMoved,
  IDENTITY_FACT,
  type IdentityRecord,
  judgeIdentity,
  readIdentity,
} from "./session-identity.ts";
export { PhaseManager } from "./phase-manager.ts";
export { hasEnded } from "./phase.ts";
export { Projection } from "./projection.ts";
export { type RunRecord, readRuns, recordRun } from "./run-log.ts";
export { type ListedSession, SessionManager } from "./session-manager.ts";
export {
  type Interruption,
  knowsPipeline,
  type PhaseSummary,
  type Session,
  sumPhases,
  withPipeline,
  withStatus,
} from "./session.ts";
export {
  countUnread,
  extractedFact,
  isExtracted,
  readAgain,
  startedFact,
  stepsFact,
  totalFact,
} from "./source-facts.ts";
export { StepTracker } from "./step-tracker.ts";
export { isSessionId } from "./session-id.ts";
export { createSession } from "./session.ts";
