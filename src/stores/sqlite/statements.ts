import type { DatabaseSync, StatementSync } from "node:sqlite";
import { SET_FACT } from "./facts.ts";

const WRITES = {
  seqOf: "SELECT seq, parent, content FROM items WHERE phase = ? AND item_id = ?",
  addItem: `
    INSERT INTO items (seq, phase, item_id, source_path, metadata, content, status, run, reason, failure)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  // The common case of each of the three that nearly every write is: each value that need not be bound, and each column that
  // need not be set, is a good part of what the statement costs.
  addPending: `
    INSERT INTO items (seq, phase, item_id, source_path, metadata, content, status, run)
    VALUES (?, ?, ?, ?, ?, ?, 'pending', ?)`,
  insertFirstStep: `
    INSERT INTO steps (item, step_index, generation, step, succeeded, output, duration_ms, attempts)
    VALUES (?, ?, 1, ?, 1, ?, ?, ?)`,
  completeItem: "UPDATE items SET status = 'completed', output_path = ?, change = ? WHERE seq = ?",
  addChild: `
    INSERT INTO items (seq, phase, item_id, source_path, metadata, content, status, parent, depth, first_step)
    SELECT ?, phase, ?, source_path, '{}', ?, ?, seq, depth + 1, ? FROM items WHERE seq = ?`,
  insertStep: `
    INSERT INTO steps (
      item, step_index, generation, step, succeeded, output, content_at, review_reason, duration_ms, attempts, usage)
    VALUES (?, ?, coalesce(?, (SELECT generation FROM items WHERE seq = ?)), ?, ?, ?, ?, ?, ?, ?, ?)`,
  endItem: `
    UPDATE items SET status = ?, reason = ?, review_reason = ?, output_path = ?, failure = ?, change = ?,
      crashes = 0, waiting_at = iif(? = 'failed', waiting_at, NULL)
    WHERE seq = ?`,
  waitForChildren:
    // Until it is begun again to collect, it is not in flight.
    "UPDATE items SET collected_at = ?, waiting_at = ?, open_children = ?, review_reason = ?, run = NULL WHERE seq = ?",
  stopWaiting: "UPDATE items SET waiting_at = NULL WHERE seq = ? AND waiting_at IS NOT NULL",
  childDone: `
    UPDATE items SET open_children = open_children - 1 WHERE seq = ? AND waiting_at IS NOT NULL
    RETURNING item_id, open_children`,
  markStarted: "UPDATE items SET run = ? WHERE phase = ? AND item_id = ?",
  contentOf: "SELECT content, status FROM items WHERE phase = ? AND item_id = ? AND status <> 'pending'",
  replaceContent: "UPDATE items SET content = ?, source_path = ?, metadata = ? WHERE phase = ? AND item_id = ?",
  isPending:
    "SELECT 1 FROM items WHERE phase = ? AND item_id = ? AND status = 'pending' AND waiting_at IS NULL AND content IS NOT NULL",
  cancelItem:
    "UPDATE items SET status = 'failed', reason = ?, failure = ?, crashes = 0 WHERE phase = ? AND item_id = ? AND status = 'pending'",
  survived: "UPDATE items SET crashes = 0 WHERE seq = ? AND crashes > 0",
} as const;

/** The writes of a session, prepared once. */
export type Statements = Readonly<Record<keyof typeof WRITES | "setFact", StatementSync>>;

export function prepareStatements(db: DatabaseSync): Statements {
  const prepared = Object.entries({ ...WRITES, setFact: SET_FACT }).map(([name, sql]) => [name, db.prepare(sql)]);
  return Object.fromEntries(prepared) as Statements;
}
