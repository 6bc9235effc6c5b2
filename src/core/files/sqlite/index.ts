export { hideWarning } from "./hide-warning.ts";
export { openSqlite, textList } from "./open-sqlite.ts";
