import type { DatabaseSync } from "node:sqlite";
import { openSqlite } from "../../core/files/sqlite/index.ts";

const SQLITE_BUSY = 5;

/** Opens the database that a lock is held on; nothing else may ever open it. */
export function openLock(file: string, { waitMs }: { readonly waitMs: number }): DatabaseSync {
  const db = openSqlite(file);
  db.exec(`PRAGMA busy_timeout = ${waitMs}`);
  return db;
}

/** Takes the lock, unless another process holds it. The operating system drops it with the process that holds it. */
export function tryExclusive(db: DatabaseSync): boolean {
  try {
    db.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
