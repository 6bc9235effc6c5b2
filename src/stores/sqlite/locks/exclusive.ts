import { rmSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { HoldfastError, messageOf } from "../../../core/failure/index.ts";
import { networkFileSystem } from "../../../core/files/index.ts";
import { openSqlite } from "../../../core/files/sqlite/index.ts";

const SQLITE_BUSY = 5;

/** SQLite's codes for a lock that the file system refused (SQLITE_IOERR_LOCK and its kind, https://sqlite.org/rescode.html). */
const LOCK_REFUSED: ReadonlySet<unknown> = new Set([2058, 2314, 3594, 3850]);

/** Opens the database that a lock is held on; nothing else may ever open it. */
export function openLock(file: string, { waitMs }: { readonly waitMs: number }): DatabaseSync {
  const db = openSqlite(file);
  db.exec(`PRAGMA busy_timeout = ${waitMs}`);
  return db;
}

/**
 * Takes the lock, unless another process holds it. The operating system drops it with the process that holds it. Throws
 * `write_failed` where the file system refuses locks.
 */
export function tryExclusive(db: DatabaseSync): boolean {
  try {
    db.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    if (error instanceof Error && "errcode" in error && LOCK_REFUSED.has(error.errcode)) {
      throw withoutLocks(db.location() ?? "", error);
    }
    throw error;
  }
}

/**
 * Throws `write_failed` where no file can be locked. SQLite gives the same answer there (ENOLCK) as when another process
 * holds the lock, so a file is tried that nobody else can have.
 */
export function assertLocksWork(file: string): void {
  const probe = `${file}.${process.pid}.probe`;
  if (!canLock(probe)) throw withoutLocks(file);
}

/** Also where nothing can be written, which says nothing of locks. */
function canLock(probe: string): boolean {
  try {
    const db = openLock(probe, { waitMs: 0 });
    try {
      return tryExclusive(db);
    } finally {
      db.close();
    }
  } catch {
    return true;
  } finally {
    for (const end of ["", "-journal"]) rmSync(probe + end, { force: true });
  }
}

/** What to know of a folder on a network file system, as a sentence; `undefined` for a local one. */
export function networkNote(folder: string): string | undefined {
  const name = networkFileSystem(folder);
  if (name === undefined) return undefined;
  return `${JSON.stringify(folder)} is on a network file system (${name}), where locks may hold nobody back and a database may be damaged when two machines use it. Keep the workspace on a local disk, or let only one machine use it at a time.`;
}

function withoutLocks(file: string, cause?: unknown): HoldfastError {
  const folder = dirname(file);
  const name = networkFileSystem(folder);
  const where = name === undefined ? "its file system" : `its network file system (${name})`;
  const why = cause === undefined ? "" : ` (${messageOf(cause)})`;
  return new HoldfastError("write_failed", `Could not lock ${JSON.stringify(file)}: ${where} refuses locks${why}.`, {
    cause,
    hint: "Nothing was changed. Keep the workspace on a local disk; on NFS, its lock service (lockd) must run.",
  });
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
