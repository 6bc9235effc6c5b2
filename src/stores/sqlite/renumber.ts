import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { HoldfastError } from "../../core/failure/index.ts";
import { placeIn, type StepLayout } from "../../core/pipeline/index.ts";
import { stepsFact } from "../../core/session/index.ts";
import { factOf, setFact } from "./facts.ts";
import { moveSteps, PROGRESS_COLUMNS, progressOf } from "./item-progress.ts";

type Row = Record<string, SQLOutputValue>;

const FINISHED_BY_PENDING = `
  SELECT ${PROGRESS_COLUMNS} FROM items i WHERE i.phase = ? AND i.status = 'pending' AND i.depth = 0 AND i.waiting_at IS NULL
    AND EXISTS (SELECT 1 FROM steps s WHERE s.item = i.seq AND s.superseded = 0)`;

/** Throws when a pending item has no place among the phase's new steps. */
export function assertCanRenumber(db: DatabaseSync, phase: string, steps: readonly string[]): void {
  const waiting = Number(
    db
      .prepare(
        "SELECT count(*) AS n FROM items WHERE phase = ? AND status = 'pending' AND (depth > 0 OR waiting_at IS NOT NULL)",
      )
      .get(phase)?.["n"],
  );
  if (waiting > 0) throw changed(phase, `${waiting} items are in the middle of a fan-out`);
  const before = stepsBefore(db, phase);
  const begun = begunItems(db, phase).map((row) => ({ row, goingOn: { from: "next step", before } as const }));
  for (const [{ row }, progress] of progressOf(db, begun)) {
    const place = placeIn(layoutOf(steps), progress);
    if (place.kind === "refused")
      throw changed(phase, `item ${String(row["item_id"])} is pending, and ${place.reason}`);
  }
}

/** Gives the finished steps of pending items their new indexes. */
export function renumber(db: DatabaseSync, phase: string, steps: readonly string[]): void {
  const seqs = begunItems(db, phase).map((row) => Number(row["seq"]));
  moveSteps(db, seqs, layoutOf(steps));
  setFact(db, stepsFact(phase), JSON.stringify(steps));
}

const begunItems = (db: DatabaseSync, phase: string): readonly Row[] => db.prepare(FINISHED_BY_PENDING).all(phase);

const layoutOf = (steps: readonly string[]): StepLayout => steps.map((name) => ({ name, collects: false }));

/** `undefined` for a session that was last run by a version that did not keep them. */
function stepsBefore(db: DatabaseSync, phase: string): readonly string[] | undefined {
  const names = factOf(db, stepsFact(phase));
  return names === undefined ? undefined : (JSON.parse(names) as readonly string[]);
}

const changed = (phase: string, why: string): HoldfastError =>
  new HoldfastError("pipeline_changed", `Phase "${phase}" cannot go on with the changed pipeline: ${why}.`, {
    hint: "Nothing was changed. Resume with the pipeline that the session started with, or start a new session.",
  });
