import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** The answers that a project's workspace keeps for all its sessions. */
export const readCached = (cwd: string): readonly string[] =>
  readColumn(join(cwd, ".holdfast", "workspace.db"), { table: "cache", column: "output" });

/** What the steps of a project's sessions made, as far as it was recorded. */
export const readRecorded = (cwd: string): readonly string[] =>
  stateFiles(cwd).flatMap((file) => readColumn(file, { table: "steps", column: "output" }));

/** The ids of all items of a project's sessions. */
export const readItemIds = (cwd: string): readonly string[] =>
  stateFiles(cwd).flatMap((file) => readColumn(file, { table: "items", column: "item_id" }));

function stateFiles(cwd: string): readonly string[] {
  const sessions = join(cwd, ".holdfast", "sessions");
  return existsSync(sessions) ? readdirSync(sessions).map((id) => join(sessions, id, "state.db")) : [];
}

interface Column {
  readonly table: string;
  readonly column: string;
}

/** Reads a copy: opening a database that was cut off mends it, and that is for the resume to do. */
function readColumn(file: string, { table, column }: Column): readonly string[] {
  if (!existsSync(file)) return [];
  const copy = mkdtempSync(join(tmpdir(), "holdfast-copy-"));
  const name = basename(file);
  for (const part of [name, `${name}-wal`].filter((part) => existsSync(join(dirname(file), part)))) {
    copyFileSync(join(dirname(file), part), join(copy, part));
  }
  try {
    using db = new DatabaseSync(join(copy, name));
    if (db.prepare("SELECT name FROM sqlite_schema WHERE name = ?").get(table) === undefined) return [];
    return db
      .prepare(`SELECT ${column} AS value FROM ${table} WHERE ${column} IS NOT NULL`)
      .all()
      .map(({ value }) => String(value));
  } finally {
    rmSync(copy, { recursive: true });
  }
}
