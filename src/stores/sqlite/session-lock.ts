import { existsSync } from "node:fs";
import { join } from "node:path";
import { HoldfastError } from "../../core/failure/index.ts";
import { crashPoint } from "../../core/files/index.ts";
import { assertLocksWork, networkNote, openLock, tryExclusive } from "./exclusive.ts";
import { leaveNote, readNote, type HolderNote } from "./holder-note.ts";
import { isLivingOther, type ProcessMark } from "./living-process.ts";

/** A session's lock, while it is held. */
export interface SessionLock extends Disposable {
  /**
   * Whether the previous holder was killed before it released the lock. A file that is removed at the end shows it,
   * which works on a full disk too.
   */
  readonly wasCutOff: boolean;
  /** What to know of the file system that the lock is on, as a sentence. */
  readonly note: string | undefined;
}

/**
 * Takes a session's exclusive lock: a transaction held open on a database of its own. The operating system drops it
 * with the process, so a dead holder never blocks. The note that a living process left in `owner.json` is a second check,
 * for file systems whose locks hold nobody back. Throws `session_locked` when another process holds it, and `write_failed`
 * where nothing can be locked. What changes a
 * session without running it leaves the note on who ran it last.
 */
export function lockSession(folder: string, { isRun = true }: { readonly isRun?: boolean } = {}): SessionLock {
  // Long enough to outlast another process that only asks whether the lock is held.
  const db = openLock(lockFile(folder), { waitMs: 300 });
  try {
    if (!tryExclusive(db)) {
      const holder = sessionHolder(folder);
      if (!holder || !isLivingOther(holder)) assertLocksWork(lockFile(folder));
      throw lockedBy(holder);
    }
    const note = isRun
      ? leaveNote(ownerFile(folder), { before: () => crashPoint("lock:owner", { optional: true }) })
      : noNote(folder);
    if ("heldBy" in note) throw lockedBy(note.heldBy, folder);
    return {
      wasCutOff: note.wasThere,
      note: networkNote(folder),
      [Symbol.dispose](): void {
        note[Symbol.dispose]();
        db.exec("ROLLBACK");
        db.close();
      },
    };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The check without a note of one's own. */
function noNote(
  folder: string,
): Pick<HolderNote, "wasThere" | typeof Symbol.dispose> | { readonly heldBy: ProcessMark } {
  const holder = sessionHolder(folder);
  if (holder && isLivingOther(holder)) return { heldBy: holder };
  return { wasThere: existsSync(ownerFile(folder)), [Symbol.dispose]: () => {} };
}

/** Whether a process is running the session right now. */
export function isSessionLocked(folder: string): boolean {
  if (!existsSync(lockFile(folder))) return false;
  const db = openLock(lockFile(folder), { waitMs: 0 });
  try {
    return !tryExclusive(db) || isHeldByNote(folder);
  } finally {
    db.close();
  }
}

/** The process that recorded itself as running the session. */
export const sessionHolder = (folder: string): ProcessMark | undefined => readNote(ownerFile(folder));

function isHeldByNote(folder: string): boolean {
  const holder = sessionHolder(folder);
  return holder !== undefined && isLivingOther(holder);
}

/** `unheld` is the folder whose lock let this process pass. */
function lockedBy(holder: ProcessMark | undefined, unheld?: string): HoldfastError {
  const who = holder ? `process ${holder.pid} on ${holder.host} since ${holder.since}` : "another process";
  const passed =
    unheld === undefined
      ? ""
      : ` Its lock held nobody back: ${networkNote(unheld) ?? "the file system's locks do nothing."}`;
  return new HoldfastError("session_locked", `The session is already being run by ${who}.${passed}`, {
    hint: "Nothing was changed. Wait for it, or stop it with Ctrl-C there; the session can then be resumed.",
  });
}

const lockFile = (folder: string): string => join(folder, "lock.db");
const ownerFile = (folder: string): string => join(folder, "owner.json");
