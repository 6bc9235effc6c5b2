import { lstatSync } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { assertCanWrite, removeStaleTemps } from "../../../core/atomic-write.ts";
import { foldPath } from "../../../core/fold-path.ts";
import { makeFolder } from "../../../core/make-folder.ts";
import { writeFailed } from "../../../core/write-failure.ts";

/** A folder that notes are written to. */
export interface NoteFolder {
  /** Absolute, without symbolic links: the ledger knows the folder by it, however the user names it. */
  readonly path: string;
  /** Whether there is a file, folder or link of that name, or of one that differs only in case. Not durable: ask right before use. */
  holds(name: string): boolean;
}

/** Opens a folder, and makes it when it is missing. Throws a `HoldfastError` (`write_failed`) when that cannot be done. */
export async function openNoteFolder(folder: string): Promise<NoteFolder> {
  await makeFolder(folder);
  try {
    const path = await realpath(folder);
    await removeStaleTemps(path);
    // Read once: a look per note would make a large vault slow. What comes later under the very same name is seen by lstat.
    const found = new Set((await readdir(path)).map(foldPath));
    return {
      path,
      holds: (name) =>
        found.has(foldPath(name)) || lstatSync(join(path, name), { throwIfNoEntry: false }) !== undefined,
    };
  } catch (cause) {
    throw writeFailed(folder, cause);
  }
}

/** Writes a file to the folder and removes it again. Throws a `HoldfastError` (`write_failed`) when that cannot be done. */
export async function assertWritable({ path }: NoteFolder): Promise<void> {
  await assertCanWrite(path);
}
