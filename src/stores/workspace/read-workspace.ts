import { join } from "node:path";
import { explainFaults } from "./faults.ts";
import { memoryLeases, memoryWorkspace } from "./memory-workspace.ts";
import { hasWorkspace } from "./open-workspace.ts";
import { openDatabase } from "./schema.ts";
import { sqliteCache } from "./sqlite-cache.ts";
import { sqliteLedger } from "./sqlite-ledger.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Opens a folder's workspace for reading: writes fail, and a missing workspace is not created. An older layout is
 * migrated, as by a run. Throws what `openWorkspace` throws.
 */
export function readWorkspace(folder: string): Workspace {
  if (!hasWorkspace(folder)) return memoryWorkspace();
  const file = join(folder, "workspace.db");
  const db = openDatabase(file);
  const guard = explainFaults(file);
  // Not opened as read-only: then SQLite would leave its -wal and -shm files behind.
  guard(() => db.exec("PRAGMA query_only = ON"));
  const close = (): void => {
    if (db.isOpen) db.close();
  };
  return {
    ledger: sqliteLedger(db, guard),
    cache: sqliteCache(db, guard, Date.now),
    openLeases: () => memoryLeases,
    close,
    [Symbol.asyncDispose]: async () => close(),
  };
}
