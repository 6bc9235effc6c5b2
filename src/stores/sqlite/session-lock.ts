import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { HoldfastError } from "../../core/failure/index.ts";
import { crashPoint } from "../../core/files/index.ts";
import { openLock, tryExclusive } from "./exclusive.ts";

/** The process that runs a session. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
}

/** A session's lock, while it is held. */
export interface SessionLock extends Disposable {
  /**
   * Whether the previous holder was killed before it released the lock. A file that is removed at the end shows it,
   * which works on a full disk too.
   */
  readonly wasCutOff: boolean;
}

/**
 * Takes a session's exclusive lock: a transaction held open on a database of its own. The operating system drops it
 * with the process, so a dead holder never blocks. Throws `session_locked` when another process holds it. What changes a
 * session without running it leaves the note on who ran it last.
 */
export function lockSession(folder: string, { isRun = true }: { readonly isRun?: boolean } = {}): SessionLock {
  // Long enough to outlast another process that only asks whether the lock is held.
  const db = openLock(lockFile(folder), { waitMs: 300 });
  if (!tryExclusive(db)) {
    db.close();
    throw lockedBy(folder);
  }
  const wasCutOff = existsSync(ownerFile(folder));
  if (isRun) sayWhoHolds(folder);
  return {
    wasCutOff,
    [Symbol.dispose](): void {
      if (isRun) rmSync(ownerFile(folder), { force: true });
      db.exec("ROLLBACK");
      db.close();
    },
  };
}

/** Whether a process is running the session right now. */
export function isSessionLocked(folder: string): boolean {
  if (!existsSync(lockFile(folder))) return false;
  const db = openLock(lockFile(folder), { waitMs: 0 });
  try {
    return !tryExclusive(db);
  } finally {
    db.close();
  }
}

/** The process that recorded itself as running the session. Only a hint for people: the lock itself decides. */
export function sessionHolder(folder: string): LockHolder | undefined {
  try {
    return JSON.parse(readFileSync(ownerFile(folder), "utf8")) as LockHolder;
  } catch {
    return undefined;
  }
}

/** A full disk must not prevent a run: the lock holds without it. */
function sayWhoHolds(folder: string): void {
  const owner: LockHolder = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
  try {
    crashPoint("lock:owner", { optional: true });
    writeFileSync(ownerFile(folder), `${JSON.stringify(owner)}\n`);
  } catch {
    // What a dead process wrote here would name the wrong one.
    rmSync(ownerFile(folder), { force: true });
  }
}

const lockFile = (folder: string): string => join(folder, "lock.db");

function lockedBy(folder: string): HoldfastError {
  const holder = sessionHolder(folder);
  const who = holder ? `process ${holder.pid} on ${holder.host} since ${holder.since}` : "another process";
  return new HoldfastError("session_locked", `The session is already being run by ${who}.`, {
    hint: "Nothing was changed. Wait for it, or stop it with Ctrl-C there; the session can then be resumed.",
  });
}

const ownerFile = (folder: string): string => join(folder, "owner.json");
