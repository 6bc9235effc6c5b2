import type { DatabaseSync } from "node:sqlite";
import { HoldfastError } from "../../core/failure/index.ts";

const FINISHED_BY_PENDING = `
  FROM steps s JOIN items i ON i.seq = s.item
  WHERE i.phase = ? AND i.status = 'pending' AND s.succeeded = 1 AND s.superseded = 0`;

/** Throws when finished steps of pending items cannot be found again among the phase's new ones. */
export function assertCanRenumber(db: DatabaseSync, phase: string, steps: readonly string[]): void {
  const finished = db.prepare(`SELECT DISTINCT s.step ${FINISHED_BY_PENDING}`).all(phase);
  const gone = finished.map((row) => String(row["step"])).filter((step) => !steps.includes(step));
  const waiting = Number(
    db
      .prepare(
        "SELECT count(*) AS n FROM items WHERE phase = ? AND status = 'pending' AND (depth > 0 OR waiting_at IS NOT NULL)",
      )
      .get(phase)?.["n"],
  );
  if (gone.length === 0 && waiting === 0) return;
  const why =
    gone.length > 0
      ? `pending items have finished ${gone.map((step) => `"${step}"`).join(", ")}, which the pipeline no longer has`
      : `${waiting} items are in the middle of a fan-out`;
  throw new HoldfastError("pipeline_changed", `Phase "${phase}" cannot go on with the changed pipeline: ${why}.`, {
    hint: "Nothing was changed. Resume with the pipeline that the session started with, or start a new session.",
  });
}

/** Gives finished steps of pending items their new indexes; moved out of the way first, so that no two ever share one. */
export function renumber(db: DatabaseSync, phase: string, steps: readonly string[]): void {
  const move = db.prepare(`
    UPDATE steps SET step_index = ? WHERE step = ? AND superseded = 0
      AND item IN (SELECT seq FROM items WHERE phase = ? AND status = 'pending')`);
  for (const [index, step] of steps.entries()) move.run(-1 - index, step, phase);
  for (const [index, step] of steps.entries()) move.run(index, step, phase);
}
