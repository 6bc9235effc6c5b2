import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type {
  EndedItem,
  EndedQuery,
  FailureRecord,
  ItemCounts,
  ItemStatus,
  JsonValue,
  PendingItem,
  StageType,
  StepTotals,
} from "../../core/index.ts";

type Row = Record<string, SQLOutputValue>;

const PAGE = 200;

/** Pending items in the order in which they were added, a page at a time. */
export function* readPending(db: DatabaseSync, phase: string): Iterable<PendingItem> {
  const last = Number(db.prepare("SELECT coalesce(max(seq), 0) AS last FROM items").get()?.["last"]);
  const page = db.prepare(`
    SELECT i.seq, i.item_id, i.source_path, i.content, i.generation, s.step_index, s.output, s.review_reason
    FROM items i LEFT JOIN steps s ON s.item = i.seq AND s.succeeded = 1
      AND s.step_index = (SELECT max(step_index) FROM steps WHERE item = i.seq AND succeeded = 1)
    WHERE i.phase = ? AND i.status = 'pending' AND i.seq > ? AND i.seq <= ? AND i.content IS NOT NULL
    ORDER BY i.seq LIMIT ${PAGE}`);
  for (let after = 0; ;) {
    const rows = page.all(phase, after, last);
    for (const row of rows) yield toPending(phase, row);
    if (rows.length < PAGE) return;
    after = Number(rows.at(-1)?.["seq"]);
  }
}

function toPending(phase: string, row: Row): PendingItem {
  const done = row["step_index"] !== null;
  return {
    phase,
    itemId: String(row["item_id"]),
    sourcePath: String(row["source_path"]),
    content: JSON.parse(String(done ? row["output"] : row["content"])) as JsonValue,
    nextStep: done ? Number(row["step_index"]) + 1 : 0,
    generation: Number(row["generation"]),
    reviewReason: textOf(row["review_reason"]),
  };
}

export function readCounts(db: DatabaseSync, phase: string): ItemCounts {
  const rows = db.prepare("SELECT status, n FROM item_counts WHERE phase = ?").all(phase);
  const known = new Map(rows.map((row) => [String(row["status"]), Number(row["n"])]));
  const count = (status: ItemStatus): number => known.get(status) ?? 0;
  return {
    pending: count("pending"),
    processing: count("processing"),
    completed: count("completed"),
    failed: count("failed"),
    skipped: count("skipped"),
    filtered: count("filtered"),
    review: count("review"),
  };
}

export function readStepTotals(db: DatabaseSync, phase: string): readonly StepTotals[] {
  return db
    .prepare("SELECT step, stage, processed, failed, attempts, duration_ms FROM step_totals WHERE phase = ?")
    .all(phase)
    .map((row) => ({
      step: String(row["step"]),
      stage: String(row["stage"]) as StageType,
      processed: Number(row["processed"]),
      failed: Number(row["failed"]),
      attempts: Number(row["attempts"]),
      durationMs: Number(row["duration_ms"]),
    }));
}

export function readEnded(db: DatabaseSync, { phase, statuses, limit = 1000 }: EndedQuery): readonly EndedItem[] {
  const marks = statuses.map(() => "?").join(", ");
  const only = phase === undefined ? "" : "AND phase = ?";
  return db
    .prepare(`
      SELECT phase, item_id, source_path, status, reason, review_reason, output_path, failure
      FROM items WHERE status IN (${marks}) ${only} ORDER BY seq LIMIT ?`)
    .all(...statuses, ...(phase === undefined ? [] : [phase]), limit)
    .map((row) => ({
      phase: String(row["phase"]),
      itemId: String(row["item_id"]),
      sourcePath: String(row["source_path"]),
      status: String(row["status"]) as ItemStatus,
      reason: textOf(row["reason"]) ?? textOf(row["review_reason"]),
      outputPath: textOf(row["output_path"]),
      failure: row["failure"] === null ? undefined : (JSON.parse(String(row["failure"])) as FailureRecord),
    }));
}

export function readReasons(
  db: DatabaseSync,
  phase: string,
  status: ItemStatus,
): readonly { readonly reason: string; readonly count: number }[] {
  return db
    .prepare(`
      SELECT coalesce(reason, review_reason, '') AS why, count(*) AS n
      FROM items WHERE phase = ? AND status = ? GROUP BY why ORDER BY n DESC, why`)
    .all(phase, status)
    .map((row) => ({ reason: String(row["why"]), count: Number(row["n"]) }));
}

const textOf = (value: SQLOutputValue | undefined): string | undefined =>
  value === null || value === undefined ? undefined : String(value);
