import type { DatabaseSync } from "node:sqlite";
import type { FailureRecord } from "../../core/storage/index.ts";
import type { Tallies } from "./tallies.ts";

/** An item that was in flight in this many crashes, without a finished step between them, is given up. */
const POISON_AT = 3;

/** The number of the run that is under way, or of the last one. */
export const currentRun = (db: DatabaseSync): number => Number(factOf(db, "run") ?? 0);

/**
 * Begins the next run. When the last one did not end in good order, each item that was in flight gets one more crash.
 * Returns the ids of those that are given up.
 */
export function countCrashes(db: DatabaseSync, tallies: Tallies): readonly string[] {
  const last = currentRun(db);
  setFact(db, "run", String(last + 1));
  if (last === 0 || factOf(db, "ended_run") === String(last)) return [];
  db.prepare("UPDATE items SET crashes = crashes + 1 WHERE status = 'pending' AND run = ?").run(last);
  return failPoison(db, tallies);
}

/** Records that the current run ends in good order. */
export const markCleanEnd = (db: DatabaseSync): void => setFact(db, "ended_run", String(currentRun(db)));

function failPoison(db: DatabaseSync, tallies: Tallies): readonly string[] {
  const message = `it was in flight at ${POISON_AT} crashes of the process`;
  const failure: FailureRecord = { step: "", kind: "poison", message };
  const rows = db
    .prepare(
      "UPDATE items SET status = 'failed', reason = ?, failure = ? WHERE status = 'pending' AND crashes >= ? RETURNING phase, item_id",
    )
    .all(message, JSON.stringify(failure), POISON_AT);
  for (const { phase } of rows) tallies.itemChanged(String(phase), "pending", "failed");
  return rows.map((row) => String(row["item_id"]));
}

function factOf(db: DatabaseSync, key: string): string | undefined {
  const row = db.prepare("SELECT value FROM facts WHERE key = ?").get(key);
  return row === undefined ? undefined : String(row["value"]);
}

function setFact(db: DatabaseSync, key: string, value: string): void {
  db.prepare("INSERT INTO facts (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value").run(
    key,
    value,
  );
}
