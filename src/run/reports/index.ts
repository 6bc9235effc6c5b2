export type { FailureGroup } from "./failure-groups.ts";
export { isTry } from "./is-try.ts";
export { reportItem, type ItemDetails, type StepOfItem } from "./item-details.ts";
export { listItems, type ItemList } from "./list-items.ts";
export { listReview, type ReviewItem } from "./review-list.ts";
export { listSessions, reportSession, type SessionReport } from "./session-report.ts";
export { planRetry, type RetryCandidate, type RetryPlan } from "./retry-plan.ts";
export { findItems, openItems } from "./find-items.ts";
