import { sha256 } from "../../core/base/index.ts";
import { realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { HoldfastError, writeFailed } from "../../core/failure/index.ts";
import { crashPoint, foldPath, makeFolder } from "../../core/files/index.ts";
import { assertLocksWork, openLock, tryExclusive } from "./exclusive.ts";
import { leaveNote, readNote } from "./holder-note.ts";

/** The lock of a folder that one session of a workspace writes to. */
export interface ExclusiveFolder extends Disposable {
  /** Records the session's id, for the message to a second one. */
  name(sessionId: string): void;
}

/**
 * Locks the folder that a session is about to write to, so that two sessions do not do the same work twice. Like a
 * session's lock, it never outlives its process; other workspaces do not see it. Throws `session_locked` when another
 * session has it, and `write_failed` when the workspace cannot be written to.
 */
export async function lockFolder(workspace: string, output: string): Promise<ExclusiveFolder> {
  const folder = join(workspace, "outputs");
  await makeFolder(folder);
  const place = join(folder, nameOf(output));
  const holder = `${place}.json`;
  const db = takeLock(`${place}.db`);
  if (!db) throw lockedBy(holder, output);
  const note = leaveNote<{ readonly session: string }>(holder);
  if ("heldBy" in note) {
    db.close();
    throw lockedBy(holder, output);
  }
  return {
    name(session) {
      try {
        crashPoint("claim:holder", { optional: true });
        note.write({ session });
      } catch {
        // A full disk must not prevent a run: the lock holds without it.
      }
    },
    [Symbol.dispose](): void {
      note[Symbol.dispose]();
      db.exec("ROLLBACK");
      db.close();
    },
  };
}

function takeLock(file: string): DatabaseSync | undefined {
  try {
    const db = openLock(file, { waitMs: 0 });
    if (tryExclusive(db)) return db;
    db.close();
    if (!readNote(file.replace(/\.db$/, ".json"))) assertLocksWork(file);
    return undefined;
  } catch (cause) {
    throw cause instanceof HoldfastError ? cause : writeFailed(file, cause);
  }
}

/** The same for every path that leads to the folder, which need not exist yet. */
const nameOf = (output: string): string => sha256(foldPath(withoutLinks(resolve(output)))).slice(0, 12);

function withoutLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return dirname(path) === path ? path : join(withoutLinks(dirname(path)), basename(path));
  }
}

function lockedBy(file: string, output: string): HoldfastError {
  const note = readNote(file);
  const session = note?.["session"];
  const who = typeof session === "string" ? `Session ${session} (process ${note?.pid})` : "Another session";
  return new HoldfastError("session_locked", `${who} is writing to ${JSON.stringify(output)} right now.`, {
    hint: "Nothing was started. Wait for it, or stop it with Ctrl-C there; then run again.",
  });
}
