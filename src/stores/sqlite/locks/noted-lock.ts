import { existsSync } from "node:fs";
import { HoldfastError, writeFailed } from "../../../core/failure/index.ts";
import { assertLocksWork, openLock, tryExclusive } from "./exclusive.ts";
import { leaveNote, readNote, type HolderNote } from "./holder-note.ts";
import { isLivingOther, type ProcessMark } from "./living-process.ts";

export interface NotedLockOptions {
  /** The note on who holds the lock, beside it. */
  readonly note: string;
  /** How long another process may take that only asks whether the lock is held, in milliseconds. */
  readonly waitMs: number;
  /** Whether it leaves a note of its own. What holds the lock for a moment leaves the one that is there. @default true */
  readonly leavesNote?: boolean;
  /** Called before the note is written; it may throw. */
  readonly beforeNote?: () => void;
  /**
   * The error for one who finds it held. `isUnheld`: the lock let this process pass, and only the note says that another
   * one has it.
   */
  readonly refusal: (holder: ProcessMark | undefined, found: { readonly isUnheld: boolean }) => HoldfastError;
}

/** A lock with the note on its holder, while it is held. */
export type NotedLock<Fields extends object> = HolderNote<Fields>;

/**
 * Takes an exclusive lock: a transaction held open on a database of its own, which the operating system drops with the
 * process, so a dead holder never blocks. The note that a living process left beside it is a second check, for file
 * systems whose locks hold nobody back. Throws `refusal` when another process holds it, and `write_failed` where nothing
 * can be locked; then nothing is held.
 */
export function takeNotedLock<Fields extends object>(file: string, options: NotedLockOptions): NotedLock<Fields> {
  const { note: noteFile, waitMs, refusal } = options;
  try {
    const db = openLock(file, { waitMs });
    try {
      if (!tryExclusive(db)) {
        const holder = readNote(noteFile);
        // The note of a process that is gone says nothing of this lock: it may be that nothing can be locked here.
        if (!holder || !isLivingOther(holder)) assertLocksWork(file);
        throw refusal(holder, { isUnheld: false });
      }
      const note = noteOf<Fields>(noteFile, options);
      if ("heldBy" in note) throw refusal(note.heldBy, { isUnheld: true });
      return {
        wasThere: note.wasThere,
        write: (fields) => note.write(fields),
        [Symbol.dispose](): void {
          try {
            note[Symbol.dispose]();
          } finally {
            // Ends the transaction too.
            db.close();
          }
        },
      };
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (cause) {
    throw cause instanceof HoldfastError ? cause : writeFailed(file, cause);
  }
}

function noteOf<Fields extends object>(
  file: string,
  { leavesNote = true, beforeNote }: NotedLockOptions,
): HolderNote<Fields> | { readonly heldBy: ProcessMark } {
  if (leavesNote) return leaveNote<Fields>(file, { ...(beforeNote && { before: beforeNote }) });
  const holder = readNote(file);
  if (holder && isLivingOther(holder)) return { heldBy: holder };
  return { wasThere: existsSync(file), write: () => {}, [Symbol.dispose]: () => {} };
}
