export { isConnectionFailure, isUnanswered } from "./circuit-breaker.ts";
export type { LaneChange, LaneEvent } from "./lane-event.ts";
export { type LaneLimits, type RateLimit, resolveLaneLimits } from "./lane-limits.ts";
export { LaneTimeline } from "./lane-timeline.ts";
export {
  type CallLane,
  type LearningLane,
  Lane,
  type LaneCall,
  type SharedLane,
  type TurnWatch,
  waitingFor,
} from "./lane.ts";
export { NotSent } from "./not-sent.ts";
export type { TokenEstimate } from "./rate-budget.ts";
export { LET_GO_MS, letGoOnAbort } from "./let-go.ts";
