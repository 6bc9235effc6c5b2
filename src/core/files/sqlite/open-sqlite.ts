import type { DatabaseSync, DatabaseSyncOptions } from "node:sqlite";
import { hideWarning } from "./hide-warning.ts";

/**
 * Opens a file with `node:sqlite`, which the first call loads. All of Holdfast opens its databases here, because the
 * older Node versions that we support print a warning when they load that module.
 */
export function openSqlite(file: string, options: DatabaseSyncOptions = {}): DatabaseSync {
  using _ = hideWarning("SQLite is an experimental feature");
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
  return new DatabaseSync(file, options);
}
