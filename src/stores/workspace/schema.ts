import type { DatabaseSync } from "node:sqlite";
import { crashPoint } from "../../core/files/index.ts";
import { openSqlite } from "../../core/files/sqlite/index.ts";
import { HoldfastError } from "../../core/failure/index.ts";
import { explainFaults, resultCode } from "./faults.ts";

/** Raised when the tables change; a newer layout than this is refused. */
const LAYOUT = 5;

const BUSY_TIMEOUT_MS = 10_000;
const SQLITE_BUSY = 5;

/** Who makes a call whose answer will be cached; `expires_at` is in milliseconds of the clock that `machine-clock.ts` reads. */
const LEASES = `
  CREATE TABLE leases (
    key TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

const TABLES = `
  CREATE TABLE ledger (
    target TEXT NOT NULL,
    source_id TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    path TEXT NOT NULL,
    folded_path TEXT NOT NULL, -- by foldPath: NOCASE knows the letters of English only
    output_hash TEXT,
    pending_hash TEXT,
    kept_hash TEXT,
    load_call TEXT,
    load_change TEXT,
    PRIMARY KEY (target, source_id)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX ledger_by_path ON ledger (target, folded_path);
  CREATE INDEX ledger_by_source ON ledger (source_id);

  CREATE TABLE cache (
    key TEXT PRIMARY KEY,
    step TEXT NOT NULL,
    created_at TEXT NOT NULL,
    output TEXT NOT NULL
  ) STRICT;
${LEASES}`;

/** The migrations from each layout to the next one. */
const UPGRADES: Readonly<Record<number, string>> = {
  1: "ALTER TABLE ledger ADD COLUMN kept_hash TEXT;",
  2: "CREATE INDEX ledger_by_source ON ledger (source_id);",
  3: "ALTER TABLE ledger ADD COLUMN load_call TEXT; ALTER TABLE ledger ADD COLUMN load_change TEXT;",
  4: LEASES,
};

/** Opens the workspace's database and creates its tables if it is new. */
export function openDatabase(file: string, busyTimeoutMs: number = BUSY_TIMEOUT_MS): DatabaseSync {
  const guard = explainFaults(file);
  const db = guard(() => openSqlite(file, { timeout: busyTimeoutMs }));
  try {
    guard(() => prepare(db, file));
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function prepare(db: DatabaseSync, file: string): void {
  refuseNewer(file, readLayout(db));
  useWriteAheadLog(db);
  db.exec("PRAGMA synchronous = FULL");
  if (readLayout(db) === LAYOUT) return;
  db.exec("BEGIN IMMEDIATE");
  try {
    // Another process may have made the tables while this one waited for the lock.
    const layout = readLayout(db);
    refuseNewer(file, layout);
    db.exec(layout === 0 ? TABLES : upgradesFrom(layout));
    db.exec(`PRAGMA user_version = ${LAYOUT}`);
    crashPoint("workspace:tables");
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

const upgradesFrom = (layout: number): string =>
  Object.entries(UPGRADES)
    .filter(([from]) => Number(from) >= layout)
    .map(([, change]) => change)
    .join("\n");

/**
 * Several processes may switch a new file at once. SQLite answers "busy" to all but one without waiting, whatever the
 * timeout; an empty transaction does wait for that one.
 */
function useWriteAheadLog(db: DatabaseSync): void {
  for (let tries = 1; ; tries += 1) {
    try {
      db.exec("PRAGMA journal_mode = WAL");
      return;
    } catch (fault) {
      if (resultCode(fault) !== SQLITE_BUSY || tries === 100) throw fault;
      db.exec("BEGIN IMMEDIATE; ROLLBACK");
    }
  }
}

/** For a file that cannot be migrated: it must have the layout of this version. */
export function assertLayout(file: string, db: DatabaseSync): void {
  const layout = readLayout(db);
  refuseNewer(file, layout);
  if (layout === LAYOUT) return;
  throw new HoldfastError(
    "session_layout",
    `${file} has layout ${layout}, and cannot be written, so that it cannot be brought to layout ${LAYOUT}.`,
    { hint: "Nothing was changed. Make the file and its folder writable, or copy the folder." },
  );
}

const readLayout = (db: DatabaseSync): number => Number(db.prepare("PRAGMA user_version").get()?.["user_version"]);

function refuseNewer(file: string, layout: number): void {
  if (layout <= LAYOUT) return;
  throw new HoldfastError(
    "session_layout",
    `${file} has layout ${layout}, but this version of Holdfast reads layouts up to ${LAYOUT}.`,
    {
      hint: "Nothing was changed. Use the version of Holdfast that made this workspace, or a newer one.",
    },
  );
}
