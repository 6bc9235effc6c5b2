export { openItemReports } from "./item-reports.ts";
export { isSessionLocked, lockSession, sessionHolder, type SessionLock } from "./session-lock.ts";
export { hasSessionStore, openSessionReports, openSessionStore } from "./session-store.ts";
