import { sha256 } from "../../../core/base/index.ts";
import { join } from "node:path";
import { HoldfastError } from "../../../core/failure/index.ts";
import type { Ledger, LedgerIntent } from "../../../core/storage/index.ts";
import { type NoteFolder, noteName, joinPath } from "../../note/index.ts";

const SUFFIX_DIGITS = [6, 8, 10, 12] as const;

/** A note that has no file yet. */
export interface NewNote extends Omit<LedgerIntent, "target" | "path"> {
  readonly title: string;
  /** The folder it is put in, relative to the notes' folder and with `/`; empty for that folder itself. */
  readonly inside: string;
}

/**
 * Reserves a path for a note in the ledger and returns it: named after the title, with a part of the source id's hash
 * added when another note or a file of the user has that name. The folder must be open. It never waits in between, so
 * that notes of the same title that are loaded at once get different names.
 */
export function claimPath(note: NewNote, folder: NoteFolder, ledger: Ledger): string {
  const { title, inside, sourceId, contentHash, pendingHash, load } = note;
  const intent = { target: folder.path, sourceId, contentHash, pendingHash, load };
  for (const name of namesFor(title, sourceId)) {
    const path = joinPath(inside, name);
    if (!folder.holds(path) && ledger.intend({ ...intent, path })) return path;
  }
  throw new HoldfastError(
    "write_failed",
    `Every file name for the note ${JSON.stringify(title)} (${sourceId}) is taken in ${join(folder.path, inside)}.`,
    {
      hint: `Move the file ${JSON.stringify(noteName(title))} away, then retry the item. Nothing was overwritten.`,
    },
  );
}

function* namesFor(title: string, sourceId: string): Iterable<string> {
  yield noteName(title);
  const hash = sha256(sourceId);
  for (const digits of SUFFIX_DIGITS) yield noteName(title, { suffix: hash.slice(0, digits) });
}
