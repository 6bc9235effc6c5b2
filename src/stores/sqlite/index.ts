export { openItemReports } from "./item-reports.ts";
export { claimOutput, type OutputClaim } from "./output-claim.ts";
export { isSessionLocked, lockSession, sessionHolder, type SessionLock } from "./session-lock.ts";
export { hasSessionStore, openSessionReports } from "./session-reports.ts";
export { openSessionStore } from "./session-store.ts";
