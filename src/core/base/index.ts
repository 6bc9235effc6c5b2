export { type Clock, systemClock } from "./clock.ts";
export { editDistance } from "./edit-distance.ts";
export { graphemes } from "./graphemes.ts";
export { type Logger, silentLogger } from "./logger.ts";
export type { JsonValue } from "./json-value.ts";
export { type StandardSchema, describeIssues } from "./standard-schema.ts";
export { ItemStatus, PhaseStatus, SessionStatus, StageStatus, StageType, StepStatus } from "./status.ts";
