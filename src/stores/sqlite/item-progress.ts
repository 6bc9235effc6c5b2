import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { textList } from "../../core/files/sqlite/index.ts";
import type { FannedOutParent, FinishedStep, ItemProgress, StepLayout } from "../../core/pipeline/index.ts";

type Row = Record<string, SQLOutputValue>;

/** The columns of an item that say where it stands. */
export const PROGRESS_COLUMNS = "seq, item_id, depth, first_step, waiting_at, collected_at, parent";

/** How an item is to go on: at the step that failed, at the one that is next, or from its beginning. */
export type GoingOn =
  | { readonly from: "failed step"; readonly failed: string | undefined }
  | { readonly from: "next step"; readonly before: readonly string[] | undefined }
  | { readonly from: "start" };

/** Items are read so many at a time: each group is one statement, and its steps fit in memory. */
const AT_ONCE = 1_000;

export interface ItemToPlace {
  readonly row: Row;
  readonly goingOn: GoingOn;
}

/** Where items stand by their rows: all have the indexes of the steps that there were when they were written. */
export function* progressOf<Item extends ItemToPlace>(
  db: DatabaseSync,
  items: readonly Item[],
): Iterable<readonly [item: Item, progress: ItemProgress]> {
  const parents = db.prepare("SELECT parent, depth, collected_at FROM items WHERE seq = ?");
  const finishedIn = finishedReader(db);
  for (let at = 0; at < items.length; at += AT_ONCE) {
    const group = items.slice(at, at + AT_ONCE);
    const seqs = group.flatMap(({ row, goingOn }) => (goingOn.from === "start" ? [] : [Number(row["seq"])]));
    const finished = finishedIn(seqs);
    for (const item of group) {
      const done = finished.get(Number(item.row["seq"])) ?? [];
      const parentsOf = (parent: SQLOutputValue | undefined): readonly FannedOutParent[] => {
        const row = parent === null || parent === undefined ? undefined : parents.get(parent);
        if (row === undefined) return [];
        const collectedAt = row["collected_at"] === null ? undefined : Number(row["collected_at"]);
        const ofParent = finishedIn([Number(parent)]).get(Number(parent)) ?? [];
        return [{ finished: ofParent, childDepth: Number(row["depth"]) + 1, collectedAt }, ...parentsOf(row["parent"])];
      };
      yield [item, progressFrom(item, done, parentsOf)];
    }
  }
}

function progressFrom(
  { row, goingOn }: ItemToPlace,
  done: readonly FinishedStep[],
  parentsOf: (parent: SQLOutputValue | undefined) => readonly FannedOutParent[],
): ItemProgress {
  const lastIndex = done.at(-1)?.index ?? Number(row["first_step"]) - 1;
  const waitingAt = goingOn.from === "start" || row["waiting_at"] === null ? undefined : Number(row["waiting_at"]);
  const takesPart = Number(row["depth"]) > 0 || waitingAt !== undefined;
  return {
    finished: done,
    ...(goingOn.from === "failed step" && { failed: goingOn.failed }),
    ...(goingOn.from === "next step" && { next: goingOn.before?.[lastIndex + 1] }),
    ...(takesPart && {
      fanOut: {
        nextIndex: waitingAt ?? lastIndex + 1,
        isCollecting: waitingAt !== undefined,
        parents: parentsOf(row["parent"]),
      },
    }),
  };
}

/** Finished steps by item, in their order. */
function finishedReader(db: DatabaseSync): (seqs: readonly number[]) => ReadonlyMap<number, readonly FinishedStep[]> {
  const read = db.prepare(`
    SELECT item, step, step_index FROM steps WHERE item IN (SELECT value FROM json_each(?))
      AND succeeded = 1 AND superseded = 0 ORDER BY item, step_index`);
  return (seqs) => {
    const found = new Map<number, FinishedStep[]>();
    for (const { item, step, step_index: index } of read.iterate(JSON.stringify(seqs))) {
      const steps = found.get(Number(item)) ?? [];
      steps.push({ name: String(step), index: Number(index) });
      if (steps.length === 1) found.set(Number(item), steps);
    }
    return found;
  };
}

/**
 * Gives the rows of items the indexes that their steps have now. Rows of steps that are gone, which can only have failed,
 * and of an earlier course of an item are history: they keep no index that another may get.
 */
export function moveSteps(db: DatabaseSync, seqs: readonly number[], steps: StepLayout): void {
  // In nearly all sessions no step has moved: one statement finds that out for all items.
  const moved = db
    .prepare(`
      SELECT DISTINCT i.seq, i.collected_at FROM json_each(?) wanted JOIN items i ON i.seq = wanted.value
        JOIN steps s ON s.item = i.seq AND s.superseded = 0
        JOIN json_each(?) now ON now.value = s.step AND now.key <> s.step_index`)
    .all(JSON.stringify(seqs), textList(steps.map(({ name }) => name)));
  if (moved.length === 0) return;
  const read = db.prepare("SELECT rowid, step, step_index, superseded FROM steps WHERE item = ?");
  const move = db.prepare("UPDATE steps SET step_index = ?, superseded = ? WHERE rowid = ?");
  const collectAt = db.prepare("UPDATE items SET collected_at = ? WHERE seq = ?");
  const indexOf = (name: SQLOutputValue | undefined): number => steps.findIndex((step) => step.name === name);
  const isCurrent = ({ superseded, step }: Row): boolean => superseded === 0 && indexOf(step) !== -1;
  for (const item of moved) {
    const seq = Number(item["seq"]);
    const rows = read.all(seq);
    const collect = rows.find((row) => isCurrent(row) && row["step_index"] === item["collected_at"]);
    for (const { rowid } of rows) move.run(-1 - Number(rowid), 1, Number(rowid));
    for (const row of rows.filter(isCurrent)) move.run(indexOf(row["step"]), 0, Number(row["rowid"]));
    if (collect) collectAt.run(indexOf(collect["step"]), seq);
  }
}
