import { sha256 } from "../../../core/base/index.ts";
import { existsSync } from "node:fs";
import { rm, stat, utimes } from "node:fs/promises";
import { dirname } from "node:path";
import {
  crashPoint,
  fsyncFolder,
  isSameFile,
  makeFolder,
  removeUnlessChanged,
  renameToFree,
  wasTaken,
  writeFileAtomic,
  type IsStill,
} from "../../../core/files/index.ts";
import { StepError, writeFailed } from "../../../core/failure/index.ts";
import type { Ledger } from "../../../core/storage/index.ts";
import { followNote } from "./follow-note.ts";
import type { MoveRecord } from "./move-record.ts";
import { bytesOf, hashOf } from "./read-note.ts";

/** Whether the move of a record can still be made, or is made. */
export async function canGoOn({ from, to, oldHash, newHash, replaced }: MoveRecord): Promise<boolean> {
  const there = await hashOf(to);
  if (there === newHash) return true;
  if (from === to) return there === oldHash;
  const isFree = there === undefined || canSetAside(to, replaced);
  return isFree && (await hashOf(from)) === oldHash;
}

/**
 * Carries out the move of a record, from wherever a crash left it: the new file is durable before the ledger records
 * it, and the old one is removed last. It works across file systems, since a file is copied and not renamed.
 */
export async function makeMove(record: MoveRecord, ledger: Ledger): Promise<void> {
  const { kind, from, to, oldHash, newHash, ledgerEntry } = record;
  if ((await hashOf(to)) !== newHash) {
    await writeThere(record).catch((error: unknown) => {
      // The user was at it at that moment: that is about this note, and not about the disk.
      throw wasTaken(error) ? changedMeanwhile() : error;
    });
  }
  if (kind === "copy") return;
  if (ledgerEntry !== undefined) followNote(ledgerEntry, { to, hashBefore: oldHash, hashAfter: newHash }, ledger);
  if (kind === "move") await removeFile(from, oldHash);
}

async function writeThere(record: MoveRecord): Promise<void> {
  const { from, to, oldHash, newHash, oldHead, newHead, replaced, modifiedMs } = record;
  const bytes = await bytesOf(from);
  if (bytes === undefined || sha256(bytes) !== oldHash) throw changedMeanwhile();
  const text = Buffer.concat([Buffer.from(newHead), bytes.subarray(Buffer.byteLength(oldHead))]);
  if (sha256(text) !== newHash) throw new StepError("bug", `The new text of ${record.note} is not what was planned.`);
  await makeFolder(dirname(to));
  if (existsSync(to) && canSetAside(to, replaced)) await setAside(to, replaced);
  await writeFileAtomic(to, text, { replace: from === to ? stillHas(oldHash) : false, what: "moved-note" });
  await keepTime(to, modifiedMs);
}

/** Removes a file that is still what it was. Nothing happens when it is gone. */
export async function removeFile(file: string, hash: string): Promise<void> {
  const found = await hashOf(file);
  if (found === undefined) return;
  if (found !== hash) throw changedMeanwhile();
  try {
    crashPoint("vault:remove");
    if (!removeUnlessChanged(file, stillHas(hash))) throw changedMeanwhile();
    crashPoint("vault:remove:done");
    await fsyncFolder(dirname(file));
  } catch (cause) {
    throw cause instanceof StepError ? cause : writeFailed(file, cause);
  }
}

/** Whether the file that is replaced or removed is still the one that was judged. */
export const stillHas =
  (hash: string): IsStill =>
  (found) =>
    found !== undefined && sha256(found) === hash;

/** Whether a file can get that name, or has it beside its old one because it was cut off in between. */
const canSetAside = (file: string, name: string | undefined): name is string =>
  name !== undefined && (!existsSync(name) || isSameFile(file, name));

/** Renames a file in its folder, durably, to a name that nothing has. */
export async function setAside(file: string, name: string): Promise<void> {
  try {
    crashPoint("vault:aside");
    // Cut off in between, it has both names.
    if (isSameFile(file, name)) await rm(file);
    else renameToFree(file, name);
    crashPoint("vault:aside:done");
    await fsyncFolder(dirname(name));
  } catch (cause) {
    throw writeFailed(name, cause);
  }
}

/** Keeps the modification time of a moved note. Where a file system keeps no such time, nothing is lost. */
export const keepTime = (file: string, modifiedMs: number): Promise<void> =>
  utimes(file, new Date(), new Date(modifiedMs)).catch(() => {});

export const modifiedMsOf = async (file: string): Promise<number> => (await stat(file)).mtimeMs;

const changedMeanwhile = (): StepError =>
  new StepError("input", "It was changed while it was being moved. Nothing is lost; run organize again.");
