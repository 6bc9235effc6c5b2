import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic, makeFolder, safeName } from "../../../core/files/index.ts";
import type { LedgerEntry } from "../../../core/storage/index.ts";
import { errnoOf } from "../../../core/failure/index.ts";
import type { MoveKind } from "./plan-move.ts";

/** The record of a note's move: enough to go on after a crash, and to undo it. Paths are absolute. */
export interface MoveRecord {
  /** The note, relative to the folder that was organized. */
  readonly note: string;
  readonly kind: MoveKind;
  readonly from: string;
  readonly to: string;
  /** sha256 of the file before and after. */
  readonly oldHash: string;
  readonly newHash: string;
  /** What stands before the body, before and after; the body is the same. */
  readonly oldHead: string;
  readonly newHead: string;
  /** When the file was last changed, in milliseconds since 1970. */
  readonly modifiedMs: number;
  /** Where the file went that was in the place. */
  readonly replaced?: string;
  /** Folders that were made for it, the outermost first. */
  readonly madeFolders: readonly string[];
  /** What the ledger knew of the note. */
  readonly ledgerEntry?: LedgerEntry;
  readonly undone?: true;
}

const fileOf = (folder: string, note: string): string => join(folder, `${safeName(note)}.json`);

/** Durable when it resolves. */
export async function writeMoveRecord(folder: string, record: MoveRecord): Promise<void> {
  await makeFolder(folder);
  await writeFileAtomic(fileOf(folder, record.note), `${JSON.stringify(record, undefined, 2)}\n`, {
    what: "move-record",
  });
}

export async function readMoveRecord(folder: string, note: string): Promise<MoveRecord | undefined> {
  try {
    return parse(await readFile(fileOf(folder, note), "utf8"));
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return undefined;
    throw cause;
  }
}

/** All records of a session, by the note. */
export async function readMoveRecords(folder: string): Promise<readonly MoveRecord[]> {
  const names = await readdir(folder).catch(() => []);
  const records: MoveRecord[] = [];
  for (const name of names.filter((name) => name.endsWith(".json"))) {
    records.push(parse(await readFile(join(folder, name), "utf8")));
  }
  return records.toSorted((a, b) => (a.note < b.note ? -1 : 1));
}

/** Only we write these files, and atomically. */
const parse = (text: string): MoveRecord => JSON.parse(text) as MoveRecord;
