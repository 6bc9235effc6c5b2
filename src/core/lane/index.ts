export { isConnectionFailure, isUnanswered } from "./api-health.ts";
export type { LaneChange, LaneEvent } from "./lane-event.ts";
export { type LaneLimits, type RateLimit, resolveLaneLimits } from "./lane-limits.ts";
export { LaneTimeline } from "./lane-timeline.ts";
export { type CallLane, type HearingLane, Lane, type LaneCall, type SharedLane } from "./lane.ts";
export type { TokenEstimate } from "./rate-budget.ts";
