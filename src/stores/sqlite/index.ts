export {
  type ExclusiveFolder,
  isSessionLocked,
  lockFolder,
  lockSession,
  sessionHolder,
  type SessionLock,
} from "./locks/index.ts";
export { hasSessionStore, openItemReports, openSessionReports } from "./reports/index.ts";
export { openSessionStore } from "./session-store.ts";
