export { type Clock, systemClock } from "../../retry/index.ts";
export { DisposalStack } from "./disposal-stack.ts";
export { editDistance } from "./edit-distance.ts";
export { type Logger, silentLogger } from "./logger.ts";
export type { JsonValue } from "./json-value.ts";
export { sha256 } from "./sha256.ts";
export { type StandardSchema, describeIssues } from "./standard-schema.ts";
export { ItemStatus, PhaseStatus, SessionStatus, StageStatus, StageType, StepStatus } from "./status.ts";
