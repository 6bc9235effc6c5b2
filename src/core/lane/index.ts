export { isConnectionFailure, isUnanswered } from "./circuit-breaker.ts";
export type { LaneChange, LaneEvent } from "./lane-event.ts";
export { type LaneLimits, type RateLimit, resolveLaneLimits } from "./lane-limits.ts";
export { LaneTimeline } from "./lane-timeline.ts";
export {
  type CallLane,
  type LaneCall,
  type LearningLane,
  type SharedLane,
  type TurnWatch,
  waitingFor,
} from "./call-lane.ts";
export { Lane } from "./lane.ts";
export type { TokenEstimate } from "./rate-budget.ts";
export { LET_GO_MS, letGoOnAbort } from "./let-go.ts";
