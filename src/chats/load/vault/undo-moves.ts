import { sha256 } from "../../../core/base/index.ts";
import { existsSync } from "node:fs";
import { rmdir } from "node:fs/promises";
import { dirname } from "node:path";
import { isSameFile, removeStaleTemps, wasTaken, writeFileAtomic, makeFolder } from "../../../core/files/index.ts";
import type { Ledger, LedgerEntry } from "../../../core/storage/index.ts";
import { errnoOf, writeFailed } from "../../../core/failure/index.ts";
import { followNote } from "./follow-note.ts";
import { keepTime, removeFile, setAside, stillHas } from "./make-move.ts";
import { readMoveRecords, writeMoveRecord, type MoveRecord } from "./move-record.ts";
import { bytesOf, hashOf } from "./read-note.ts";

/** The result of undoing one move: undone, undone before, or left alone for a reason. */
export interface UndoneMove {
  readonly note: string;
  /** Where the note was before it was organized. */
  readonly from: string;
  /** Where it was put. */
  readonly to: string;
  readonly result: "undone" | "undone before" | "never made" | "refused";
  /** Why it was left alone. */
  readonly reason?: string;
}

/**
 * Undoes the moves of a session: each note is again where it was, with its old text, and a file that it replaced is
 * back in its place. A note that was changed since, or whose old place is taken, is left alone and reported. It can be
 * killed and run again: what is undone stays undone. The caller holds the session's lock.
 */
export async function undoMoves(recordsFolder: string, ledger: Ledger): Promise<readonly UndoneMove[]> {
  const records = await readMoveRecords(recordsFolder);
  await removeRemains(records);
  const undone: UndoneMove[] = [];
  for (const record of records) undone.push(await undoMove(record, recordsFolder, ledger));
  // The inner ones first. One that holds anything stays.
  const made = new Set(records.flatMap(({ madeFolders }) => madeFolders));
  for (const folder of [...made].toSorted((a, b) => b.length - a.length)) await removeEmpty(folder);
  return undone;
}

async function undoMove(record: MoveRecord, recordsFolder: string, ledger: Ledger): Promise<UndoneMove> {
  const { note, from, to, replaced } = record;
  if (record.undone) return { note, from, to, result: "undone before" };
  // Cut off on the way there or back, it has both names.
  if (replaced !== undefined && isSameFile(replaced, to)) await setAside(replaced, to);
  const state = await stateOf(record);
  if (state === "never made") return { note, from, to, result: state };
  if (state !== "made" && state !== "half undone") return { note, from, to, result: "refused", reason: state };
  try {
    if (state === "made") await writeBack(record);
    await finish(record, ledger);
  } catch (error) {
    if (!wasTaken(error)) throw error;
    return { note, from, to, result: "refused", reason: CHANGED };
  }
  await writeMoveRecord(recordsFolder, { ...record, undone: true });
  return { note, from, to, result: "undone" };
}

/** How far a move, or the undoing of it, came; or why it cannot be undone. */
async function stateOf({ kind, from, to, oldHash, newHash }: MoveRecord): Promise<string> {
  const there = await hashOf(to);
  if (kind === "copy") return there === undefined ? "half undone" : there === newHash ? "made" : CHANGED;
  if (from === to) return there === newHash ? "made" : there === oldHash ? "half undone" : CHANGED;
  const here = await hashOf(from);
  if (here === oldHash) return there === newHash || there === undefined ? "half undone" : "never made";
  if (there === undefined) return "it is no longer where it was put";
  if (there !== newHash) return CHANGED;
  return here === undefined ? "made" : `another file is at ${from} now`;
}

const CHANGED = "it was changed since";

async function writeBack(record: MoveRecord): Promise<void> {
  const { kind, from, to, oldHash, newHash, oldHead, newHead, modifiedMs } = record;
  if (kind === "copy") return;
  const bytes = (await bytesOf(to)) ?? Buffer.alloc(0);
  const text = Buffer.concat([Buffer.from(oldHead), bytes.subarray(Buffer.byteLength(newHead))]);
  if (sha256(text) !== oldHash) throw new Error(`The old text of ${from} could not be made again.`);
  await makeFolder(dirname(from));
  await writeFileAtomic(from, text, { replace: from === to ? stillHas(newHash) : false, what: "note-put-back" });
  await keepTime(from, modifiedMs);
}

async function finish(record: MoveRecord, ledger: Ledger): Promise<void> {
  const { kind, from, to, oldHash, newHash, replaced, ledgerEntry } = record;
  if (ledgerEntry !== undefined) {
    followNote(movedEntry(ledgerEntry, record), { to: from, hashBefore: newHash, hashAfter: oldHash }, ledger);
  }
  if (kind !== "rewrite") await removeFile(to, newHash);
  if (replaced !== undefined && existsSync(replaced) && !existsSync(to)) await setAside(replaced, to);
}

/** The entry as it was when the note was organized, with the hash that the moved file has. */
function movedEntry(entry: LedgerEntry, { oldHash, newHash }: MoveRecord): LedgerEntry {
  const isOurs = oldHash === entry.outputHash || oldHash === entry.pendingHash;
  const { pendingHash: _, ...rest } = entry;
  return isOurs ? { ...rest, outputHash: newHash } : entry;
}

/** Files of writes that were cut off. */
async function removeRemains(records: readonly MoveRecord[]): Promise<void> {
  const folders = new Set(records.flatMap(({ from, to }) => [dirname(from), dirname(to)]));
  for (const folder of folders) if (existsSync(folder)) await removeStaleTemps(folder);
}

async function removeEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (cause) {
    if (!["ENOTEMPTY", "EEXIST", "ENOENT"].includes(errnoOf(cause) ?? "")) throw writeFailed(folder, cause);
  }
}
