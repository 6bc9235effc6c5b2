import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { ItemStatus, StageType } from "../../../core/base/index.ts";
import type { LoadChange } from "../../../core/pipeline/index.ts";
import type { EndedItem, EndedQuery, ItemCounts, LoadCount, StepTotals } from "../../../core/storage/index.ts";
import { keepsLoads, layoutOf } from "../schema.ts";
import { USAGE_COLUMNS, usageInRow } from "../usage-columns.ts";
import { failureOf, ITEM_COLUMNS, itemOf, textOf } from "./item-row.ts";

export function readCounts(db: DatabaseSync, phase: string): ItemCounts {
  return toCounts(db.prepare("SELECT status, n FROM item_counts WHERE phase = ?").all(phase));
}

/** Those of the counts that are parts, counted row by row: children that their parents collect. */
export function readPartCounts(db: DatabaseSync, phase: string): ItemCounts {
  // CROSS JOIN keeps the order: children first, which are few or none, and not all items of the session.
  return toCounts(
    db
      .prepare(`
        SELECT child.status AS status, count(*) AS n
        FROM items child INDEXED BY items_by_parent CROSS JOIN items parent ON parent.seq = child.parent
        WHERE child.parent IS NOT NULL AND child.phase = ? AND parent.collected_at IS NOT NULL GROUP BY child.status`)
      .all(phase),
  );
}

function toCounts(rows: readonly Record<string, SQLOutputValue>[]): ItemCounts {
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
  const layout = layoutOf(db);
  const usage = USAGE_COLUMNS.filter(({ since }) => since <= layout).map(({ column }) => column);
  // As REAL: the driver refuses an integer that JavaScript cannot represent, and the row with it.
  const numbers = ["processed", "failed", "attempts", "duration_ms", ...usage].map(
    (sum) => `CAST(${sum} AS REAL) AS ${sum}`,
  );
  return db
    .prepare(`SELECT step, stage, ${numbers.join(", ")} FROM step_totals WHERE phase = ?`)
    .all(phase)
    .map((row) => ({
      step: String(row["step"]),
      stage: String(row["stage"]) as StageType,
      processed: Number(row["processed"]),
      failed: Number(row["failed"]),
      attempts: Number(row["attempts"]),
      durationMs: Number(row["duration_ms"]),
      ...(Number(row["calls"]) !== 0 && { usage: usageInRow(row) }),
    }));
}

export function readLoads(db: DatabaseSync, phase: string): readonly LoadCount[] {
  if (!keepsLoads(db)) return [];
  return db
    .prepare("SELECT status, change, n FROM load_counts WHERE phase = ? AND n > 0")
    .all(phase)
    .map((row) => ({
      status: String(row["status"]) as ItemStatus,
      change: String(row["change"]) as LoadChange,
      count: Number(row["n"]),
    }));
}

export function readEnded(db: DatabaseSync, query: EndedQuery): readonly EndedItem[] {
  const { phase, statuses, changes, limit = 1000, offset = 0 } = query;
  const marks = statuses.map(() => "?").join(", ");
  // Named one way or the other: the index that finds these items among a million others begins with the phase.
  const where = phase === undefined ? "phase IN (SELECT phase FROM item_counts)" : "phase = ?";
  const change = keepsLoads(db) ? "change" : "NULL";
  return db
    .prepare(`
      SELECT ${ITEM_COLUMNS}, ${change} AS change
      FROM items INDEXED BY items_by_status WHERE ${where} AND status IN (${marks})
        ${changes ? `AND ${change} IN (SELECT value FROM json_each(?))` : ""} ORDER BY seq LIMIT ? OFFSET ?`)
    .all(
      ...(phase === undefined ? [] : [phase]),
      ...statuses,
      ...(changes ? [JSON.stringify(changes)] : []),
      limit,
      offset,
    )
    .map((row) => ({
      ...itemOf(row),
      phase: String(row["phase"]),
      change: textOf(row["change"]) as LoadChange | undefined,
      failure: failureOf(row),
    }));
}

export function readReasons(
  db: DatabaseSync,
  phase: string,
  status: ItemStatus,
): readonly { readonly reason: string; readonly count: number }[] {
  // Repeated for the query planner: the partial index holds the reasons of these items only.
  const indexed = GIVES_REASONS.has(status) ? "AND status IN ('skipped', 'filtered', 'review')" : "";
  return db
    .prepare(`
      SELECT coalesce(reason, review_reason, '') AS why, count(*) AS n
      FROM items WHERE phase = ? AND status = ? ${indexed} GROUP BY why ORDER BY n DESC, why`)
    .all(phase, status)
    .map((row) => ({ reason: String(row["why"]), count: Number(row["n"]) }));
}

const GIVES_REASONS: ReadonlySet<ItemStatus> = new Set(["skipped", "filtered", "review"]);
