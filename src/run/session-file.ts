import { existsSync } from "node:fs";
import { PhaseStatus } from "../core/base/index.ts";
import { HoldfastError } from "../core/failure/index.ts";
import { countItems, type Session } from "../core/session/index.ts";
import { hasSessionStore } from "../stores/sqlite/reports/index.ts";

/**
 * Whether a session's `state.db` is there. A session that has begun a phase had one, with tables: throws `session_damaged`
 * when it is gone or empty, so that it is never taken for a new session whose work is all still to be done.
 */
export function hasStore(file: string, session: Session): boolean {
  if (hasSessionStore(file)) return true;
  if (!hasBegun(session)) return false;
  const fault = existsSync(file) ? `${file} is empty` : `There is no file ${file}`;
  throw new HoldfastError(
    "session_damaged",
    `${fault}, but session ${session.id} has begun: its items and their results were in it.`,
    {
      hint: "Nothing was changed. Restore this file from a backup, or start a new session: unchanged work is not paid for twice.",
    },
  );
}

/** The file has its tables before `session.json` says that a phase has begun. */
const hasBegun = ({ phases, counts }: Session): boolean =>
  countItems(counts) > 0 || phases.some(({ status }) => status !== PhaseStatus.pending);
