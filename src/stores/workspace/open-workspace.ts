import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { HoldfastError } from "../../core/failure/index.ts";
import { startTimer } from "../../retry/time/index.ts";
import { explainFaults } from "./faults.ts";
import { machineNow } from "./machine-clock.ts";
import { whileSameFile } from "./same-file.ts";
import { openDatabase } from "./schema.ts";
import { sqliteCache } from "./sqlite-cache.ts";
import { sqliteLeases } from "./sqlite-leases.ts";
import { sqliteLedger } from "./sqlite-ledger.ts";
import type { Workspace, WorkspaceOptions } from "./workspace.ts";

const FILE = "workspace.db";

/** Whether a folder has a workspace already. */
export const hasWorkspace = (folder: string): boolean => existsSync(join(folder, FILE));

/**
 * Opens `workspace.db` in a folder and makes both when they are missing. Several processes may have it open at once:
 * each write is one short transaction with one fsync, and waits for those of the others, up to 10 seconds unless
 * `busyTimeoutMs` says otherwise.
 *
 * Throws a `HoldfastError`: `session_layout` when a newer Holdfast made the file, `session_damaged` when it cannot be
 * read, `write_failed` when it cannot be written. So do the ledger and the cache later on.
 */
export function openWorkspace(folder: string, options: WorkspaceOptions = {}): Workspace {
  const { now = Date.now, busyTimeoutMs } = options;
  const file = join(makeFolder(folder), FILE);
  const db = openDatabase(file, busyTimeoutMs);
  const guard = whileSameFile(file, explainFaults(file));
  const close = (): void => {
    if (db.isOpen) db.close();
  };
  return {
    ledger: sqliteLedger(db, guard),
    cache: sqliteCache(db, guard, now),
    openLeases: (holder) => sqliteLeases(file, { ...holder, now: machineNow, startTimer }),
    close,
    [Symbol.asyncDispose]: async () => close(),
  };
}

function makeFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true });
    return folder;
  } catch (cause) {
    throw new HoldfastError("write_failed", `Could not make the workspace folder ${folder}: ${String(cause)}.`, {
      cause,
      hint: "Nothing was written. Make the folder writable, or choose another one.",
    });
  }
}
