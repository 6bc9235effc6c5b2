import type { DatabaseSync } from "node:sqlite";

/** Records a fact in place of what was recorded under its key. */
export const SET_FACT =
  "INSERT INTO facts (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value";

/** A fact of a session; `undefined` for one that was never recorded. */
export function factOf(db: DatabaseSync, key: string): string | undefined {
  const row = db.prepare("SELECT value FROM facts WHERE key = ?").get(key);
  return row === undefined ? undefined : String(row["value"]);
}

export const setFact = (db: DatabaseSync, key: string, value: string): void =>
  void db.prepare(SET_FACT).run(key, value);

export const removeFact = (db: DatabaseSync, key: string): void =>
  void db.prepare("DELETE FROM facts WHERE key = ?").run(key);
