import type { DatabaseSync } from "node:sqlite";
import type { FailureRecord } from "../../core/storage/index.ts";
import { factOf, removeFact, setFact } from "./facts.ts";
import type { Tallies } from "./tallies.ts";

/**
 * What an item's count of crashes says. Most crashes are nobody's fault, so the first one only makes a run watch the
 * items that were begun: it notes when a call of one of them begins and ends. The next crash says which calls were under
 * way. Those items are suspects; each is tried alone, after all other work. Three more crashes prove that it is the
 * cause: one alone may come from outside, and hits an innocent item too.
 */
const WATCHED_FROM = 1;
const SUSPECT_FROM = 2;
const CRASHES_ALONE = 3;
const POISON_AT = SUSPECT_FROM + CRASHES_ALONE;

/** What a run has to know of earlier crashes. */
export interface CrashesBefore {
  /** Ids of the items that are given up. */
  readonly poisoned: readonly string[];
  /** Row numbers of the items whose calls are noted. */
  readonly watched: readonly WatchedItem[];
}

export interface WatchedItem {
  readonly seq: number;
  readonly phase: string;
  readonly itemId: string;
}

/** The number of the current run, or of the last one. */
export const currentRun = (db: DatabaseSync): number => Number(factOf(db, "run") ?? 0);

/** Begins the next run, and counts a crash when the last one did not end in good order. */
export function countCrashes(db: DatabaseSync, tallies: Tallies): CrashesBefore {
  const last = currentRun(db);
  setFact(db, "run", String(last + 1));
  const isCrash = last > 0 && factOf(db, "ended_run") !== String(last);
  const calls = takeCalls(db);
  const poisoned = isCrash ? countCrash(db, { calls, last, tallies }) : [];
  if (!isCrash && factOf(db, "watches") !== "yes") return { poisoned, watched: [] };
  const watched = watchedItems(db);
  setFact(db, "watches", watched.length > 0 ? "yes" : "no");
  return { poisoned, watched };
}

/** Records that the current run ends in good order. */
export const markCleanEnd = (db: DatabaseSync): void => setFact(db, "ended_run", String(currentRun(db)));

/** Notes that a call of a watched item begins. A fact and not a column: there are few, and none in most sessions. */
export const noteCall = (db: DatabaseSync, seq: number, step: string): void => setFact(db, `call:${seq}`, step);

/** Notes that it ended. */
export const forgetCall = (db: DatabaseSync, seq: number): void => removeFact(db, `call:${seq}`);

/** The items of a phase that are tried alone, those with the fewest crashes first. */
export const suspectsIn = (db: DatabaseSync, phase: string): readonly string[] =>
  db
    .prepare(`
      SELECT item_id FROM items WHERE phase = ? AND status = 'pending' AND crashes >= ${SUSPECT_FROM}
        AND (waiting_at IS NULL OR open_children = 0) ORDER BY crashes, seq`)
    .all(phase)
    .map((row) => String(row["item_id"]));

/** The steps whose calls were under way when the last run ended, by their item's row. */
function takeCalls(db: DatabaseSync): ReadonlyMap<number, string> {
  const rows = db.prepare("DELETE FROM facts WHERE key GLOB 'call:*' RETURNING key, value").all();
  return new Map(rows.map(({ key, value }) => [Number(String(key).slice("call:".length)), String(value)]));
}

interface Crash {
  readonly calls: ReadonlyMap<number, string>;
  /** The run that it cut off. */
  readonly last: number;
  readonly tallies: Tallies;
}

function countCrash(db: DatabaseSync, { calls, last, tallies }: Crash): readonly string[] {
  const count = db.prepare(
    "UPDATE items SET crashes = crashes + 1 WHERE seq = ? AND status = 'pending' RETURNING phase, item_id, crashes",
  );
  const fail = db.prepare("UPDATE items SET status = 'failed', reason = ?, failure = ? WHERE seq = ?");
  const poisoned: string[] = [];
  for (const [seq, step] of calls) {
    const item = count.get(seq);
    if (item === undefined || Number(item["crashes"]) < POISON_AT) continue;
    const failure: FailureRecord = { step, kind: "poison", message: reasonOf(step) };
    fail.run(failure.message, JSON.stringify(failure), seq);
    tallies.itemChanged(String(item["phase"]), "pending", "failed");
    poisoned.push(String(item["item_id"]));
  }
  db.prepare(`UPDATE items SET crashes = ${WATCHED_FROM} WHERE status = 'pending' AND run = ? AND crashes = 0`).run(
    last,
  );
  return poisoned;
}

const reasonOf = (step: string): string =>
  `the process died each time step "${step}" of it was under way, ${CRASHES_ALONE} times with nothing else running`;

const watchedItems = (db: DatabaseSync): readonly WatchedItem[] =>
  db
    .prepare(`SELECT seq, phase, item_id FROM items WHERE status = 'pending' AND crashes >= ${WATCHED_FROM}`)
    .all()
    .map((row) => ({ seq: Number(row["seq"]), phase: String(row["phase"]), itemId: String(row["item_id"]) }));
