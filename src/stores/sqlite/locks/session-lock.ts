import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { localTime } from "../../../core/base/index.ts";
import { HoldfastError } from "../../../core/failure/index.ts";
import { crashPoint } from "../../../core/files/index.ts";
import { networkNote, openLock, tryExclusive } from "./exclusive.ts";
import { readNote } from "./holder-note.ts";
import { elsewhere, isLivingOther, type ProcessMark } from "./living-process.ts";
import { takeNotedLock } from "./noted-lock.ts";

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
 * Takes a session's exclusive lock, with a note on its holder (`owner.json`). Throws `session_locked` when another process
 * holds it, and `write_failed` where nothing can be locked. What changes a session without running it leaves the note on
 * who ran it last.
 */
export function lockSession(folder: string, { isRun = true }: { readonly isRun?: boolean } = {}): SessionLock {
  const lock = takeNotedLock(lockFile(folder), {
    note: ownerFile(folder),
    // Long enough to outlast another process that only asks whether the lock is held.
    waitMs: 300,
    leavesNote: isRun,
    beforeNote: () => crashPoint("lock:owner", { optional: true }),
    refusal: (holder, { isUnheld }) => lockedBy(holder, folder, isUnheld),
  });
  return { wasCutOff: lock.wasThere, note: networkNote(folder), [Symbol.dispose]: () => lock[Symbol.dispose]() };
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

function lockedBy(holder: ProcessMark | undefined, folder: string, isUnheld: boolean): HoldfastError {
  const who = holder
    ? `process ${holder.pid} on ${holder.host} since ${localTime(new Date(holder.since))}`
    : "another process";
  const passed = isUnheld
    ? ` Its lock held nobody back: ${networkNote(folder) ?? "the file system's locks do nothing."}`
    : "";
  return new HoldfastError("session_locked", `The session is already being run by ${who}.${passed}`, {
    hint: { kind: "wait_or_cancel", sessionId: basename(folder), ...elsewhere(holder), next: "resume" },
  });
}

const lockFile = (folder: string): string => join(folder, "lock.db");
const ownerFile = (folder: string): string => join(folder, "owner.json");
