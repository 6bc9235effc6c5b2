import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { HoldfastError } from "../../core/failure/index.ts";
import { crashPoint } from "../../core/files/index.ts";
import { openSqlite } from "../../core/files/sqlite/index.ts";
import { nameDamage, unusable } from "./database-faults.ts";
import { USAGE_COLUMNS } from "./usage-columns.ts";

/** Raised when the tables change; a newer layout than this is refused. */
const LAYOUT = 4;

const TABLES = `
  CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  -- One row an item. Its content at step n is what step n-1 put out, or what the source put out; after a fan-out it is
  -- what its children put out, once none of them is open.
  CREATE TABLE items (
    seq INTEGER PRIMARY KEY,
    phase TEXT NOT NULL,
    item_id TEXT NOT NULL,
    source_path TEXT NOT NULL,
    metadata TEXT NOT NULL,
    content TEXT,
    status TEXT NOT NULL,
    generation INTEGER NOT NULL DEFAULT 1,
    anew INTEGER NOT NULL DEFAULT 0,      -- 1: a completed item that is tried again, so cached answers are left alone
    parent INTEGER REFERENCES items (seq),
    depth INTEGER NOT NULL DEFAULT 0,
    first_step INTEGER NOT NULL DEFAULT 0,
    collected_at INTEGER,                 -- the collect step that gets the children's outputs
    waiting_at INTEGER,                   -- the same, while it has not run
    open_children INTEGER NOT NULL DEFAULT 0,
    run INTEGER,                          -- the run that began it last
    crashes INTEGER NOT NULL DEFAULT 0,   -- runs that were cut off while it was in flight, without a step done since
    reason TEXT,
    review_reason TEXT,
    output_path TEXT,
    failure TEXT,
    change TEXT,                          -- what its load did
    UNIQUE (phase, item_id)
  ) STRICT;
  CREATE INDEX items_by_status ON items (phase, status, seq);
  CREATE INDEX items_with_metadata ON items (seq) WHERE metadata <> '{}';
  CREATE INDEX items_by_parent ON items (parent, seq) WHERE parent IS NOT NULL;
  CREATE INDEX items_by_reason ON items (phase, status, coalesce(reason, review_reason, ''))
    WHERE status IN ('skipped', 'filtered', 'review');

  -- One row a step of an item: its checkpoint when it succeeded, its record when it failed. Rows are added behind one
  -- another and found by the index, since rows in the order of their items would split pages all the time.
  CREATE TABLE steps (
    item INTEGER NOT NULL REFERENCES items (seq),
    step_index INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    step TEXT NOT NULL,
    succeeded INTEGER NOT NULL,
    output TEXT,
    superseded INTEGER NOT NULL DEFAULT 0, -- 1: the item was tried again from before this step
    review_reason TEXT,
    duration_ms REAL NOT NULL,
    attempts INTEGER NOT NULL,
    usage TEXT,                           -- what its calls of a model cost
    UNIQUE (item, step_index, generation)
  ) STRICT;

  -- Sums, changed in the same transactions as the rows they count: reports never scan a million rows.
  CREATE TABLE item_counts (phase TEXT, status TEXT, n INTEGER NOT NULL, PRIMARY KEY (phase, status)) STRICT, WITHOUT ROWID;
  CREATE TABLE step_totals (
    phase TEXT, step TEXT, stage TEXT NOT NULL,
    processed INTEGER NOT NULL, failed INTEGER NOT NULL, attempts INTEGER NOT NULL, duration_ms REAL NOT NULL,
    calls INTEGER NOT NULL, input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, calls_unknown_tokens INTEGER NOT NULL,
    cost REAL NOT NULL, calls_unknown_cost INTEGER NOT NULL,
    PRIMARY KEY (phase, step)
  ) STRICT, WITHOUT ROWID;
`;

const LOAD_COUNTS = `
  CREATE TABLE load_counts (
    phase TEXT, status TEXT, change TEXT, n INTEGER NOT NULL, PRIMARY KEY (phase, status, change)
  ) STRICT, WITHOUT ROWID;
`;

/** Where the item's content stood in the output, which is kept without it; NULL when the output is whole. */
const CONTENT_AT = "ALTER TABLE steps ADD COLUMN content_at INTEGER;";

/** What calls have used that was in a provider's cache, or thinking, or that nobody has counted. */
const MORE_USAGE = USAGE_COLUMNS.filter(({ since }) => since === 4)
  .map(({ column }) => `ALTER TABLE step_totals ADD COLUMN ${column} REAL NOT NULL DEFAULT 0;`)
  .join("\n");

/** The migrations from each layout to the next one. */
const UPGRADES: Readonly<Record<number, string>> = {
  1: `ALTER TABLE items ADD COLUMN change TEXT; ${LOAD_COUNTS}`,
  2: CONTENT_AT,
  3: MORE_USAGE,
};

/** Whether a session has its database: a run that was killed while it started may have left none, or one without tables. */
export function hasDatabase(file: string): boolean {
  if (!existsSync(file)) return false;
  using db = open(file, { readOnly: true });
  try {
    // The process that runs the session may be closing it.
    db.exec("PRAGMA busy_timeout = 10000");
    return layoutOf(db) > 0;
  } catch (cause) {
    throw unusable(file, cause);
  }
}

/** Opens a session's database and creates its tables if it is new. */
export function openDatabase(file: string, options: { readonly readOnly: boolean }): DatabaseSync {
  const db = open(file, options);
  try {
    db.exec("PRAGMA busy_timeout = 10000");
    const layout = layoutOf(db);
    if (layout > LAYOUT) throw newerLayout(file, layout);
    if (!options.readOnly) prepare(db, layout);
    return nameDamage(db, file);
  } catch (cause) {
    db.close();
    throw cause instanceof HoldfastError ? cause : unusable(file, cause);
  }
}

function open(file: string, { readOnly }: { readonly readOnly: boolean }): DatabaseSync {
  try {
    return openSqlite(file, { readOnly });
  } catch (cause) {
    throw unusable(file, cause);
  }
}

function prepare(db: DatabaseSync, layout: number): void {
  // Each step's row would be checked for its item's, which is looked up before there is such a row.
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;");
  if (layout === LAYOUT) return;
  crashPoint("session:tables");
  const change = layout === 0 ? `${TABLES} ${LOAD_COUNTS} ${CONTENT_AT} ${MORE_USAGE}` : upgradesFrom(layout);
  db.exec(`BEGIN IMMEDIATE; ${change} PRAGMA user_version = ${LAYOUT}; COMMIT;`);
}

const upgradesFrom = (layout: number): string =>
  Object.entries(UPGRADES)
    .filter(([from]) => Number(from) >= layout)
    .map(([, change]) => change)
    .join("\n");

/** Whether the session was last written by a version that kept what loads did; one that is only read stays as it is. */
export const keepsLoads = (db: DatabaseSync): boolean => layoutOf(db) >= 2;

/** The layout of a database. */
export function layoutOf(db: DatabaseSync): number {
  const row = db.prepare("PRAGMA user_version").get();
  return Number(row?.["user_version"] ?? 0);
}

const newerLayout = (file: string, layout: number): HoldfastError =>
  new HoldfastError(
    "session_layout",
    `${file} has layout ${layout}, but this version of Holdfast reads layouts up to ${LAYOUT}.`,
    {
      hint: "Nothing was changed. Use the version of Holdfast that made this session, or a newer one.",
    },
  );
