export type { FailureGroup } from "./failure-groups.ts";
export { reportItem, type ItemDetails, type StepOfItem } from "./item-details.ts";
export { listItems, type ItemList, type ItemListQuery } from "./list-items.ts";
export { listReview, type ReviewItem, type ReviewQuery } from "./review-list.ts";
export { listSessions, reportSession, type ReasonCount, type SessionReport } from "./session-report.ts";
export { planRetry, type RetryCandidate, type RetryPlan, type RetryQuery } from "./retry-plan.ts";
