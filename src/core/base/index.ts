export { type Clock, systemClock } from "../../retry/time/index.ts";
export { Bag, type InBag } from "./bag.ts";
export { DisposalStack } from "./disposal-stack.ts";
export { editDistance } from "./edit-distance.ts";
export { type Logger, silentLogger } from "./logger.ts";
export { isAlive } from "./is-alive.ts";
export type { JsonValue } from "./json-value.ts";
export { localTime } from "./local-time.ts";
export type { ProcessingItem } from "./processing-item.ts";
export type { StepResult } from "./step-result.ts";
export { sha256 } from "./sha256.ts";
export { type StandardSchema, describeIssues } from "./standard-schema.ts";
export { ItemStatus, PhaseStatus, PhaseType, SessionStatus, StageStatus, StageType, StepStatus } from "./status.ts";
export type { TokenUsage } from "./token-usage.ts";
export {
  kindOfLimit,
  type LimitedThing,
  MOST_TOLD_LIMITS,
  soundLimits,
  type ToldLimit,
  type ToldLimits,
} from "./told-limits.ts";
export { MOST_LEVELS_OF_METADATA, throughJson, UnstorableError } from "./storable-json.ts";
