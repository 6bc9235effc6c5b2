import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { crashPoint, foldPath } from "../../core/files/index.ts";
import type { Ledger, LedgerEntry, LedgerLoad } from "../../core/storage/index.ts";
import { LOAD_CHANGES } from "../../core/pipeline/index.ts";
import type { Guard } from "./faults.ts";

/** One statement per call, so that each is a transaction of its own and other processes never wait for long. */
export function sqliteLedger(db: DatabaseSync, guard: Guard): Ledger {
  const { find, places, owner, intend, confirm, keep } = guard(() => prepareStatements(db));
  return {
    find: (target, sourceId) =>
      guard(() => {
        const row = find.get(target, sourceId);
        return row && toEntry(row);
      }),
    placesOf: (sourceId) => guard(() => places.all(sourceId).map(toEntry)),
    ownerOf: (target, path) =>
      guard(() => {
        const row = owner.get(target, foldPath(path));
        return row && String(row["source_id"]);
      }),
    intend: ({ target, sourceId, contentHash, path, pendingHash, load }) =>
      guard(() => {
        const foldedPath = foldPath(path);
        crashPoint("ledger:intend");
        const written = { loadCall: load?.call ?? null, loadChange: load?.change ?? null };
        const { changes } = intend.run({ target, sourceId, contentHash, path, foldedPath, pendingHash, ...written });
        return changes === 1;
      }),
    confirm: (target, sourceId, foundHash) =>
      guard(() => {
        crashPoint("ledger:confirm");
        confirm.run({ target, sourceId, foundHash: foundHash ?? null });
        crashPoint("ledger:confirm:done");
      }),
    keep: (target, sourceId, contentHash) =>
      guard(() => {
        crashPoint("ledger:keep");
        keep.run(contentHash, target, sourceId);
      }),
  };
}

function prepareStatements(db: DatabaseSync) {
  return {
    find: db.prepare("SELECT * FROM ledger WHERE target = ? AND source_id = ?"),
    places: db.prepare("SELECT * FROM ledger WHERE source_id = ? ORDER BY target"),
    owner: db.prepare("SELECT source_id FROM ledger WHERE target = ? AND folded_path = ?"),
    // Looks and writes in one statement, so that no other process comes between.
    intend: db.prepare(`
      INSERT INTO ledger (target, source_id, content_hash, path, folded_path, pending_hash, load_call, load_change)
      SELECT :target, :sourceId, :contentHash, :path, :foldedPath, :pendingHash, :loadCall, :loadChange
      WHERE NOT EXISTS (
        SELECT 1 FROM ledger WHERE target = :target AND folded_path = :foldedPath AND source_id <> :sourceId)
      ON CONFLICT (target, source_id) DO UPDATE SET
        content_hash = excluded.content_hash,
        output_hash = iif(path = excluded.path, output_hash, NULL),
        path = excluded.path,
        folded_path = excluded.folded_path,
        pending_hash = excluded.pending_hash,
        kept_hash = NULL,
        load_call = excluded.load_call,
        load_change = excluded.load_change`),
    confirm: db.prepare(`
      UPDATE ledger SET output_hash = coalesce(:foundHash, pending_hash), pending_hash = NULL
      WHERE target = :target AND source_id = :sourceId AND coalesce(:foundHash, pending_hash) IS NOT NULL`),
    keep: db.prepare("UPDATE ledger SET kept_hash = ? WHERE target = ? AND source_id = ?"),
  };
}

function toEntry(row: Record<string, SQLOutputValue>): LedgerEntry {
  const load = toLoad(row);
  return {
    target: String(row["target"]),
    sourceId: String(row["source_id"]),
    contentHash: String(row["content_hash"]),
    path: String(row["path"]),
    ...(row["output_hash"] !== null && { outputHash: String(row["output_hash"]) }),
    ...(row["pending_hash"] !== null && { pendingHash: String(row["pending_hash"]) }),
    ...(row["kept_hash"] !== null && { keptHash: String(row["kept_hash"]) }),
    ...(load && { load }),
  };
}

function toLoad(row: Record<string, SQLOutputValue>): LedgerLoad | undefined {
  const change = LOAD_CHANGES.find((known) => known === row["load_change"]);
  return change && { call: String(row["load_call"]), change };
}
