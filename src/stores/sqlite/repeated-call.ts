import type { DatabaseSync } from "node:sqlite";
import type { FailureRecord } from "../../core/storage/index.ts";

// A retry is a new call, with a new idempotency key, unless nobody knows what became of the last one. Kept as facts and
// not in a column: few items of few sessions have one.

/** SQL for the generation that the keys of item `i` are made from, when it is an earlier one. */
export const KEY_GENERATION = "(SELECT value FROM facts WHERE key = 'keys:' || i.seq)";

/**
 * Records, before the generation of a failed item is raised, whether its retry repeats its last call. After a crash that is
 * so too: an item that is poison was in the middle of one.
 */
export function repeatOrRenewCall(db: DatabaseSync, seq: number, failure: FailureRecord | undefined): void {
  if (failure?.unanswered !== true && !CUT_OFF.has(failure?.kind ?? "")) return renewCall(db, seq);
  db.prepare(`
    INSERT INTO facts (key, value) SELECT 'keys:' || seq, generation FROM items WHERE seq = ?
    ON CONFLICT (key) DO NOTHING`).run(seq);
}

/** What ends a call from outside: it may have been done all the same. */
const CUT_OFF: ReadonlySet<string> = new Set(["poison", "cancelled_by_user"]);

/** The item's next call is a new one. */
export const renewCall = (db: DatabaseSync, seq: number): void =>
  void db.prepare("DELETE FROM facts WHERE key = 'keys:' || ?").run(String(seq));
