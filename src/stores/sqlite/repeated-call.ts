import type { DatabaseSync } from "node:sqlite";
import type { FailureRecord } from "../../core/storage/index.ts";

// A retry is a new call, with a new idempotency key, unless nobody knows what became of the last one. Kept as facts and
// not in a column: few items of few sessions have one.

/** SQL for the generation that the keys of item `i` are made from, when it is an earlier one. */
export const KEY_GENERATION = "(SELECT value FROM facts WHERE key = 'keys:' || i.seq)";

/** An item that failed, and is tried again. */
export interface FailedCall {
  readonly seq: number;
  readonly failure: FailureRecord | undefined;
}

/**
 * Records, before the generations of failed items are raised, whether their retries repeat their last calls. After a crash
 * that is so too: an item that is poison was in the middle of one.
 */
export function repeatOrRenewCalls(db: DatabaseSync, failed: readonly FailedCall[]): void {
  const { repeated = [], renewed = [] } = Object.groupBy(failed, ({ failure }) =>
    failure?.unanswered === true || CUT_OFF.has(failure?.kind ?? "") ? "repeated" : "renewed",
  );
  renewCalls(db, seqsOf(renewed));
  if (repeated.length === 0) return;
  db.prepare(`
    INSERT INTO facts (key, value) SELECT 'keys:' || seq, generation FROM items
      WHERE seq IN (SELECT value FROM json_each(?))
    ON CONFLICT (key) DO NOTHING`).run(JSON.stringify(seqsOf(repeated)));
}

const seqsOf = (calls: readonly FailedCall[]): readonly number[] => calls.map(({ seq }) => seq);

/** What ends a call from outside: it may have been done all the same. */
const CUT_OFF: ReadonlySet<string> = new Set(["poison", "cancelled_by_user"]);

/** The next calls of the items are new ones. */
export const renewCalls = (db: DatabaseSync, seqs: readonly number[]): void =>
  void db
    .prepare("DELETE FROM facts WHERE key IN (SELECT 'keys:' || value FROM json_each(?))")
    .run(JSON.stringify(seqs));
