import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { ItemStatus } from "../../core/base/index.ts";
import { textList } from "../../core/files/sqlite/index.ts";
import type { LoadChange } from "../../core/pipeline/index.ts";
import { placeIn, type StepLayout } from "../../core/pipeline/index.ts";
import type { FailureRecord, RefusedItem, ReopenPlan, ReopenQuery } from "../../core/storage/index.ts";
import { renewCalls, repeatOrRenewCalls } from "./repeated-call.ts";
import { moveSteps, PROGRESS_COLUMNS, progressOf, type GoingOn } from "./item-progress.ts";
import type { Tallies } from "./tallies.ts";

interface EndedRow {
  readonly seq: number;
  readonly phase: string;
  readonly itemId: string;
  readonly status: ItemStatus;
  readonly failure: FailureRecord | undefined;
  readonly change: LoadChange | undefined;
  readonly parent: number | null;
  /** What says where it stands, and how it is to go on. */
  readonly row: Record<string, SQLOutputValue>;
  readonly goingOn: GoingOn;
}

/** The steps that each phase has now. */
export type Layouts = ReadonlyMap<string, StepLayout>;

/**
 * Makes ended items pending again, inside a transaction, and returns how many. With `force`, failed ones start from
 * their first step too. With `layouts`, those that have no place among the steps of now are left as they are.
 */
export function reopenItems(
  db: DatabaseSync,
  query: ReopenQuery & { readonly force?: boolean },
  { tallies, layouts }: { readonly tallies: Tallies; readonly layouts?: Layouts | undefined },
): number {
  const { goOn } = placeAll(db, query, layouts);
  const goesOnAtFailure = ({ status }: EndedRow): boolean => status === "failed" && !query.force;
  reopenFailed(db, goOn.filter(goesOnAtFailure), { tallies, layouts });
  for (const row of goOn) if (!goesOnAtFailure(row)) reopenDone(db, row, tallies);
  return goOn.length;
}

/** What `reopenItems` would do: how many items go on, and which are refused. */
export function planReopening(db: DatabaseSync, query: ReopenQuery, layouts: Layouts): ReopenPlan {
  const { goOn, refused } = placeAll(db, query, layouts);
  return { count: goOn.length, refused };
}

/**
 * Failed items that have no place among these steps. Those in the middle of a fan-out are not judged: that takes more than the
 * names of steps.
 */
export function failedWithoutPlace(
  db: DatabaseSync,
  steps: ReadonlyMap<string, readonly string[]>,
): ReopenPlan["refused"] {
  const layouts = new Map(
    [...steps].map(([phase, names]) => [phase, names.map((name) => ({ name, collects: false }))]),
  );
  const isAlone = ({ row, status }: EndedRow): boolean =>
    status === "failed" && row["depth"] === 0 && row["waiting_at"] === null;
  return placeRows(db, endedRows(db, {}).filter(isAlone), layouts).refused;
}

/** The items that are meant: those that go on with the steps of now, and those that cannot. */
function placeAll(
  db: DatabaseSync,
  query: ReopenQuery,
  layouts: Layouts | undefined,
): { readonly goOn: readonly EndedRow[]; readonly refused: readonly RefusedItem[] } {
  const wanted = endedRows(db, query).filter((row) => matches(row, query));
  return layouts ? placeRows(db, wanted, layouts) : { goOn: wanted, refused: [] };
}

function placeRows(
  db: DatabaseSync,
  wanted: readonly EndedRow[],
  layouts: Layouts,
): { readonly goOn: readonly EndedRow[]; readonly refused: readonly RefusedItem[] } {
  const goOn: EndedRow[] = [];
  const refused: RefusedItem[] = [];
  for (const [row, progress] of progressOf(db, wanted)) {
    const steps = layouts.get(row.phase);
    const place = steps && placeIn(steps, progress);
    if (place?.kind !== "refused") goOn.push(row);
    else refused.push({ phase: row.phase, itemId: row.itemId, reason: place.reason });
  }
  return { goOn, refused };
}

/** An item that was given up by an earlier version does not say at which step. */
const goingOnOf = (status: ItemStatus, failure: FailureRecord | undefined): GoingOn =>
  status === "failed" ? { from: "failed step", failed: failure?.step || undefined } : { from: "start" };

function matches({ phase, itemId, status, failure }: EndedRow, query: ReopenQuery): boolean {
  if (query.phase !== undefined && query.phase !== phase) return false;
  if (query.itemIds) return query.itemIds.includes(itemId);
  if (status !== "failed") return false;
  // What its user cancelled is tried again only when it is named.
  const kind = failure?.kind;
  return query.kinds === undefined ? kind !== "cancelled_by_user" : kind !== undefined && query.kinds.includes(kind);
}

/**
 * Lets items go on at the step that failed, all at once: there may be a hundred thousand. A parent that waits for one goes
 * on waiting.
 */
function reopenFailed(
  db: DatabaseSync,
  failed: readonly EndedRow[],
  { tallies, layouts }: { readonly tallies: Tallies; readonly layouts?: Layouts | undefined },
): void {
  if (failed.length === 0) return;
  const alone = failed.filter(({ row }) => row["depth"] === 0 && row["waiting_at"] === null);
  for (const [phase, rows] of Map.groupBy(alone, (row) => row.phase)) {
    const steps = layouts?.get(phase);
    if (steps) moveSteps(db, seqsOf(rows), steps);
  }
  repeatOrRenewCalls(db, failed);
  db.prepare(`
    UPDATE items SET status = 'pending', generation = generation + 1, crashes = 0, run = NULL, reason = NULL, failure = NULL
    WHERE seq IN (SELECT value FROM json_each(?))`).run(JSON.stringify(seqsOf(failed)));
  for (const { phase } of failed) tallies.itemChanged(phase, "failed", "pending");
}

const seqsOf = (rows: readonly EndedRow[]): readonly number[] => rows.map(({ seq }) => seq);

/** Starts the item again, and so the collecting of all its parents; its children are discarded. */
function reopenDone(db: DatabaseSync, row: EndedRow, tallies: Tallies): void {
  const { seq, phase, status, parent } = row;
  renewCalls(db, [seq]);
  db.prepare("UPDATE steps SET superseded = 1 WHERE item = ?").run(seq);
  db.prepare(`
    UPDATE items SET status = 'pending', generation = generation + 1, anew = 1, crashes = 0, run = NULL, reason = NULL,
      review_reason = NULL, output_path = NULL, failure = NULL, change = NULL, waiting_at = NULL, open_children = 0
    WHERE seq = ?`).run(seq);
  tallies.itemChanged(phase, status, "pending");
  forgetLoad(row, tallies);
  dropChildren(db, seq, tallies);
  if (parent !== null && status !== "failed") waitAgain(db, parent, tallies);
}

/** The parent has one more open child. When it had collected already, it collects again. */
function waitAgain(db: DatabaseSync, seq: number, tallies: Tallies): void {
  const row = db.prepare("SELECT phase, status, change, parent, collected_at FROM items WHERE seq = ?").get(seq);
  if (row === undefined || row["collected_at"] === null) return;
  renewCalls(db, [seq]);
  db.prepare("UPDATE steps SET superseded = 1 WHERE item = ? AND step_index >= ?").run(
    seq,
    Number(row["collected_at"]),
  );
  db.prepare(`
    UPDATE items SET status = 'pending', generation = generation + 1, anew = 1, waiting_at = collected_at,
      open_children = open_children + 1, crashes = 0, run = NULL, reason = NULL, output_path = NULL, failure = NULL, change = NULL
    WHERE seq = ?`).run(seq);
  const status = String(row["status"]) as ItemStatus;
  tallies.itemChanged(String(row["phase"]), status, "pending");
  forgetLoad({ phase: String(row["phase"]), status, change: changeOf(row["change"]) }, tallies);
  const wasDone = status !== "pending" && status !== "failed";
  if (wasDone && row["parent"] !== null) waitAgain(db, Number(row["parent"]), tallies);
}

/** Discards the children of an item that starts again; a new fan-out creates them again. */
function dropChildren(db: DatabaseSync, parent: number, tallies: Tallies): void {
  const children = db.prepare("SELECT seq, phase, status, change FROM items WHERE parent = ?").all(parent);
  for (const row of children) {
    const seq = Number(row["seq"]);
    db.prepare(
      "UPDATE items SET status = 'skipped', reason = 'its parent was tried again', change = NULL, waiting_at = NULL, item_id = ? WHERE seq = ?",
    ).run(discardedId(db, seq), seq);
    const [phase, status] = [String(row["phase"]), String(row["status"]) as ItemStatus];
    tallies.itemChanged(phase, status, "skipped");
    forgetLoad({ phase, status, change: changeOf(row["change"]) }, tallies);
    dropChildren(db, seq, tallies);
  }
}

/** The id of a discarded child: its own is for the one that a new fan-out makes. A source may have any id. */
function discardedId(db: DatabaseSync, seq: number): string {
  const row = db.prepare("SELECT phase, item_id, generation FROM items WHERE seq = ?").get(seq);
  const isTaken = db.prepare("SELECT 1 FROM items WHERE phase = ? AND item_id = ?");
  let id = `${String(row?.["item_id"])}~${Number(row?.["generation"])}.${seq}`;
  while (isTaken.get(String(row?.["phase"]), id) !== undefined) id += "~";
  return id;
}

/** A repeated load is counted when it is done. */
function forgetLoad({ phase, status, change }: Pick<EndedRow, "phase" | "status" | "change">, tallies: Tallies): void {
  if (change) tallies.loaded({ phase, status, change }, -1);
}

/** Ended items that have a content to go on with: those that are named, or all that failed. */
function endedRows(db: DatabaseSync, { phase, itemIds }: ReopenQuery): readonly EndedRow[] {
  // Named one way or the other: the indexes that find these items among a million others begin with the phase.
  const phases = phase === undefined ? "SELECT phase FROM item_counts" : "?";
  const which = itemIds ? "item_id IN (SELECT value FROM json_each(?))" : "status = 'failed'";
  return db
    .prepare(`
      SELECT ${PROGRESS_COLUMNS}, phase, status, failure, change FROM items
      WHERE phase IN (${phases}) AND ${which} AND status <> 'pending' AND content IS NOT NULL ORDER BY seq`)
    .all(...(phase === undefined ? [] : [phase]), ...(itemIds ? [textList(itemIds)] : []))
    .map((row) => {
      const status = String(row["status"]) as ItemStatus;
      const failure = failureOf(row["failure"]);
      return {
        seq: Number(row["seq"]),
        phase: String(row["phase"]),
        itemId: String(row["item_id"]),
        status,
        failure,
        change: changeOf(row["change"]),
        parent: row["parent"] === null ? null : Number(row["parent"]),
        row,
        goingOn: goingOnOf(status, failure),
      };
    });
}

const failureOf = (failure: SQLOutputValue | undefined): FailureRecord | undefined =>
  typeof failure === "string" ? (JSON.parse(failure) as FailureRecord) : undefined;

const changeOf = (value: SQLOutputValue | undefined): LoadChange | undefined =>
  typeof value === "string" ? (value as LoadChange) : undefined;
