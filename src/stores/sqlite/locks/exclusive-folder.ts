import { sha256 } from "../../../core/base/index.ts";
import { realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { HoldfastError } from "../../../core/failure/index.ts";
import { crashPoint, foldPath, makeFolder } from "../../../core/files/index.ts";
import { isSessionId } from "../../../core/session/index.ts";
import { readNote } from "./holder-note.ts";
import { elsewhere } from "./living-process.ts";
import { takeNotedLock } from "./noted-lock.ts";

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
  const lock = takeNotedLock<SessionNote>(`${place}.db`, {
    note: `${place}.json`,
    waitMs: 0,
    refusal: () => lockedBy(`${place}.json`, output),
  });
  return {
    name(session) {
      try {
        crashPoint("claim:holder", { optional: true });
        lock.write({ session });
      } catch {
        // A full disk must not prevent a run: the lock holds without it.
      }
    },
    [Symbol.dispose]: () => lock[Symbol.dispose](),
  };
}

interface SessionNote {
  readonly session: string;
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
    hint: {
      kind: "wait_or_cancel",
      ...(typeof session === "string" && isSessionId(session) && { sessionId: session }),
      ...elsewhere(note),
      next: "run again",
    },
  });
}
