export { noLeases, type AnswerLeases, type LeaseSeen, type LeaseTaken } from "./answer-leases.ts";
export type { AnswerCache } from "./cache.ts";
export type {
  FailedEntry,
  FailedQuery,
  ItemPlace,
  ItemReport,
  ItemReports,
  ItemStep,
  StepWork,
} from "./item-report.ts";
export type { Ledger, LedgerEntry, LedgerIntent, LedgerLoad } from "./ledger.ts";
export type {
  CallNote,
  EndedItem,
  EndedQuery,
  FailureRecord,
  ItemCounts,
  LoadCount,
  NewItem,
  PendingItem,
  RefusedItem,
  ReopenPlan,
  ReopenQuery,
  SessionReports,
  SessionStore,
  StepRecord,
  StepTotals,
} from "./store.ts";
