export { openItemReports } from "./item-reports.ts";
export { lockFolder, type ExclusiveFolder } from "./exclusive-folder.ts";
export { isSessionLocked, lockSession, sessionHolder, type SessionLock } from "./session-lock.ts";
export { hasSessionStore, openSessionReports } from "./session-reports.ts";
export { openSessionStore } from "./session-store.ts";
