import { statSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { HoldfastError } from "../../core/failure/index.ts";
import { openSqlite } from "../../core/files/sqlite/index.ts";
import { explainFaults, resultCode, type Guard } from "./faults.ts";
import { memoryLeases, memoryWorkspace } from "./memory-workspace.ts";
import { hasWorkspace } from "./open-workspace.ts";
import { assertLayout, openDatabase } from "./schema.ts";
import { sqliteCache } from "./sqlite-cache.ts";
import { sqliteLedger } from "./sqlite-ledger.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Opens a folder's workspace for reading: writes fail, and a missing workspace is not created. An older layout is
 * migrated, as by a run, unless it cannot be written. Throws what `openWorkspace` throws.
 */
export function readWorkspace(folder: string): Workspace {
  if (!hasWorkspace(folder)) return memoryWorkspace();
  const file = join(folder, "workspace.db");
  const guard = explainFaults(file);
  const db = openForReading(file, guard);
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

/**
 * Not opened as read-only where it can be written: then SQLite would leave its -wal and -shm files behind. Where it cannot,
 * those cannot be made, and without them a file is only read as one that nobody changes.
 */
function openForReading(file: string, guard: Guard): DatabaseSync {
  let fault: unknown;
  try {
    const db = openDatabase(file);
    guard(() => db.exec("PRAGMA query_only = ON"));
    return db;
  } catch (error) {
    if (!(error instanceof HoldfastError) || !UNWRITABLE.has(resultCode(error.cause) ?? 0)) throw error;
    fault = error;
  }
  const hasLog = (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
  for (const name of [file, ...(hasLog ? [] : [`${pathToFileURL(file).href}?immutable=1`])]) {
    const db = openReadOnly(file, name, guard);
    if (db) return db;
  }
  throw fault;
}

/** SQLite's codes for a file that is read-only, or that cannot be opened. */
const UNWRITABLE: ReadonlySet<number> = new Set([8, 14]);

/** `undefined` when it cannot be read so. */
function openReadOnly(file: string, name: string, guard: Guard): DatabaseSync | undefined {
  let db: DatabaseSync | undefined;
  try {
    db = openSqlite(name, { readOnly: true });
    assertLayout(file, db);
    return db;
  } catch (error) {
    db?.close();
    if (UNWRITABLE.has(resultCode(error) ?? 0)) return undefined;
    return guard(() => {
      throw error;
    });
  }
}
