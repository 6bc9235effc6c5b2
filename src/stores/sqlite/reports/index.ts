export { openItemReports } from "./item-reports.ts";
export { hasSessionStore, openSessionReports, SqliteReports } from "./session-reports.ts";
export { isSessionLocked } from "../locks/index.ts";
