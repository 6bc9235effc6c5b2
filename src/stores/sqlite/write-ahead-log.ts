import { closeSync, fdatasync, fdatasyncSync, fstatSync, openSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { unwritable } from "./database-faults.ts";
import { checkpointInThread, type LogCheckpoints } from "./log-checkpoints.ts";

/** Makes durable what was committed before the call. */
export interface Disk {
  sync(): Promise<void>;
  /** The same, before it returns. */
  syncNow(): void;
  /** Keeps the log short. @default SQLite does, within a COMMIT */
  readonly checkpoints?: LogCheckpoints;
  /** Once no sync is under way, and pages are moved no more. */
  close(): void;
}

/**
 * Takes the fsync of a COMMIT out of this thread: SQLite then only appends to the write-ahead log, and `sync` puts the log
 * on the disk from a thread of Node's pool. A transaction is in the database from its COMMIT on, and durable from the next
 * sync on. SQLite itself syncs the log before it moves pages from it into the database, and the database before it begins
 * the log again (synchronous=NORMAL, https://sqlite.org/pragma.html#pragma_synchronous).
 *
 * A database without such a log (in memory, or on a file system that cannot have one) goes on with a sync in each COMMIT.
 */
export function syncsInBackground(db: DatabaseSync): Disk {
  if (db.prepare("PRAGMA journal_mode").get()?.["journal_mode"] !== "wal") return SYNCED_BY_COMMIT;
  // A database that was in another mode until now has no log before it is read.
  db.prepare("PRAGMA user_version").get();
  // It is beside the file that a link leads to, and stays there until the last connection is closed. SQLite has no lock on
  // it that closing it would drop.
  const file = `${db.location()}-wal`;
  const log = openLog(file);
  // Linux tells each open file once that a write was lost: a sync in the other thread must not take that from this one.
  const logNow = openLog(file);
  db.exec("PRAGMA synchronous = NORMAL");
  const checkpoints = checkpointInThread(db, { file: db.location() ?? "", bytes: () => fstatSync(log).size });
  return {
    checkpoints,
    sync: () =>
      new Promise((resolve, reject) => {
        fdatasync(log, (error) => (error ? reject(error) : resolve()));
      }),
    syncNow: () => fdatasyncSync(logNow),
    close() {
      closeSync(log);
      closeSync(logNow);
    },
  };
}

/** SQLite only reads a log that it may not write, and says so at the first COMMIT; here that ends the opening. */
function openLog(file: string): number {
  try {
    return openSync(file, "r+");
  } catch (cause) {
    throw unwritable(file, cause);
  }
}

const SYNCED_BY_COMMIT: Disk = { sync: async () => {}, syncNow: () => {}, close: () => {} };
