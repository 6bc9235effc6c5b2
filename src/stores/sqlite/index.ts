export { lockFolder, type ExclusiveFolder } from "./exclusive-folder.ts";
export { isSessionLocked, lockSession, sessionHolder, type SessionLock } from "./session-lock.ts";
export { hasSessionStore, openItemReports, openSessionReports } from "./reports/index.ts";
export { openSessionStore } from "./session-store.ts";
