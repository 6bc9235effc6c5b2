export { hideWarning } from "./hide-warning.ts";
export { openSqlite } from "./open-sqlite.ts";
