import type { DatabaseSync } from "node:sqlite";

export type Statements = ReturnType<typeof prepareStatements>;

/** The writes of a session, prepared once. */
// oxlint-disable-next-line typescript/explicit-function-return-type -- a list of statements names itself
export function prepareStatements(db: DatabaseSync) {
  return {
    setFact: db.prepare(
      "INSERT INTO facts (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    ),
    seqOf: db.prepare("SELECT seq, parent FROM items WHERE phase = ? AND item_id = ?"),
    addItem: db.prepare(`
      INSERT INTO items (seq, phase, item_id, source_path, metadata, content, status, run, reason, failure)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    addChild: db.prepare(`
      INSERT INTO items (seq, phase, item_id, source_path, metadata, content, status, parent, depth, first_step)
      SELECT ?, phase, ?, source_path, '{}', ?, ?, seq, depth + 1, ? FROM items WHERE seq = ?`),
    insertStep: db.prepare(`
      INSERT INTO steps (item, step_index, generation, step, succeeded, output, review_reason, duration_ms, attempts, usage)
      VALUES (?, ?, (SELECT generation FROM items WHERE seq = ?), ?, ?, ?, ?, ?, ?, ?)`),
    endItem: db.prepare(`
      UPDATE items SET status = ?, reason = ?, review_reason = ?, output_path = ?, failure = ?, waiting_at = NULL, crashes = 0
      WHERE seq = ?`),
    waitForChildren: db.prepare(
      "UPDATE items SET collected_at = ?1, waiting_at = ?1, open_children = ?2, review_reason = ?3 WHERE seq = ?4",
    ),
    stopWaiting: db.prepare("UPDATE items SET waiting_at = NULL WHERE seq = ? AND waiting_at IS NOT NULL"),
    childDone: db.prepare(`
      UPDATE items SET open_children = open_children - 1 WHERE seq = ? AND waiting_at IS NOT NULL
      RETURNING item_id, open_children`),
    markStarted: db.prepare("UPDATE items SET run = ? WHERE phase = ? AND item_id = ?"),
    contentOf: db.prepare("SELECT content, status FROM items WHERE phase = ? AND item_id = ? AND status <> 'pending'"),
    replaceContent: db.prepare(
      "UPDATE items SET content = ?, source_path = ?, metadata = ? WHERE phase = ? AND item_id = ?",
    ),
    survived: db.prepare("UPDATE items SET crashes = 0 WHERE seq = ? AND crashes > 0"),
  };
}
