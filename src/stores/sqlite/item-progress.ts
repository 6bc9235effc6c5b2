import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { FannedOutParent, FinishedStep, ItemProgress, StepLayout } from "../../core/pipeline/index.ts";

type Row = Record<string, SQLOutputValue>;

/** The columns of an item that say where it stands. */
export const PROGRESS_COLUMNS = "seq, item_id, depth, first_step, waiting_at, collected_at, parent";

/** How an item is to go on: at the step that failed, at the one that is next, or from its beginning. */
export type GoingOn =
  | { readonly from: "failed step"; readonly failed: string | undefined }
  | { readonly from: "next step"; readonly before: readonly string[] | undefined }
  | { readonly from: "start" };

/** Where an item stands by its rows: all have the indexes of the steps that there were when they were written. */
export function progressOf(db: DatabaseSync, item: Row, goingOn: GoingOn): ItemProgress {
  const isAgain = goingOn.from === "start";
  const done = isAgain ? [] : finishedSteps(db, Number(item["seq"]));
  const lastIndex = done.at(-1)?.index ?? Number(item["first_step"]) - 1;
  const waitingAt = isAgain || item["waiting_at"] === null ? undefined : Number(item["waiting_at"]);
  const takesPart = Number(item["depth"]) > 0 || waitingAt !== undefined;
  return {
    finished: done,
    ...(goingOn.from === "failed step" && { failed: goingOn.failed }),
    ...(goingOn.from === "next step" && { next: goingOn.before?.[lastIndex + 1] }),
    ...(takesPart && {
      fanOut: {
        nextIndex: waitingAt ?? lastIndex + 1,
        isCollecting: waitingAt !== undefined,
        parents: parentsOf(db, item["parent"]),
      },
    }),
  };
}

function finishedSteps(db: DatabaseSync, seq: number): readonly FinishedStep[] {
  return db
    .prepare(
      "SELECT step, step_index FROM steps WHERE item = ? AND succeeded = 1 AND superseded = 0 ORDER BY step_index",
    )
    .all(seq)
    .map((row) => ({ name: String(row["step"]), index: Number(row["step_index"]) }));
}

function parentsOf(db: DatabaseSync, parent: SQLOutputValue | undefined): readonly FannedOutParent[] {
  if (parent === null || parent === undefined) return [];
  const row = db.prepare("SELECT parent, depth, collected_at FROM items WHERE seq = ?").get(parent);
  if (row === undefined) return [];
  const collectedAt = row["collected_at"] === null ? undefined : Number(row["collected_at"]);
  const finished = finishedSteps(db, Number(parent));
  return [{ finished, childDepth: Number(row["depth"]) + 1, collectedAt }, ...parentsOf(db, row["parent"])];
}

/**
 * Gives an item's rows the indexes that their steps have now. Rows of steps that are gone, which can only have failed,
 * and of an earlier course of the item are history: they keep no index that another may get.
 */
export function moveSteps(db: DatabaseSync, item: Row, steps: StepLayout): void {
  const seq = Number(item["seq"]);
  const indexOf = (name: SQLOutputValue | undefined): number => steps.findIndex((step) => step.name === name);
  const rows = db.prepare("SELECT rowid, step, step_index, superseded FROM steps WHERE item = ?").all(seq);
  const isCurrent = ({ superseded, step }: Row): boolean => superseded === 0 && indexOf(step) !== -1;
  if (rows.every((row) => !isCurrent(row) || indexOf(row["step"]) === row["step_index"])) return;

  const collect = rows.find((row) => isCurrent(row) && row["step_index"] === item["collected_at"]);
  const move = db.prepare("UPDATE steps SET step_index = ?, superseded = ? WHERE rowid = ?");
  for (const { rowid } of rows) move.run(-1 - Number(rowid), 1, Number(rowid));
  for (const row of rows.filter(isCurrent)) move.run(indexOf(row["step"]), 0, Number(row["rowid"]));
  if (collect) db.prepare("UPDATE items SET collected_at = ? WHERE seq = ?").run(indexOf(collect["step"]), seq);
}
