import { renameSync } from "node:fs";
import { resolve } from "node:path";
import { fsyncFolder, crashPoint } from "../../../core/files/index.ts";
import { HoldfastError, writeFailed } from "../../../core/failure/index.ts";
import { type NoteFolder, noteName, folderOf, joinPath, nameOf } from "../../note/index.ts";

/** The most notes beside one note. */
const MAX_BESIDE = 999;

/** Paths for a file beside a note: `Kelp (new).md`, `Kelp (new 2).md` and so on, in the note's folder. */
export function* pathsBeside(note: string, what: string): Iterable<string> {
  const stem = nameOf(note).replace(/\.md$/i, "");
  for (let n = 1; n <= MAX_BESIDE; n += 1)
    yield joinPath(folderOf(note), noteName(stem, { suffix: n === 1 ? what : `${what} ${n}` }));
}

/**
 * Renames the file that the user edited to `<name> (your version).md`, or with a number when there is one already. From
 * then on it belongs to the user. A crash after it leaves no file under the old name, so the note is written there
 * again.
 */
export async function setAside(note: string, folder: NoteFolder): Promise<void> {
  await folder.open(folderOf(note));
  for (const path of pathsBeside(note, "your version")) {
    if (folder.holds(path)) continue;
    try {
      crashPoint("note:aside");
      // Synchronous: nothing else may take the name between the check and the rename.
      renameSync(resolve(folder.path, note), resolve(folder.path, path));
      crashPoint("note:aside:done");
    } catch (cause) {
      throw writeFailed(resolve(folder.path, path), cause);
    }
    return fsyncFolder(resolve(folder.path, folderOf(note)));
  }
  throw noNameLeft(note, folder);
}

/** The error when every name beside a note is taken. */
export const noNameLeft = (note: string, folder: NoteFolder): HoldfastError =>
  new HoldfastError(
    "write_failed",
    `Every file name beside the note ${JSON.stringify(note)} is taken in ${folder.path}.`,
    {
      hint: "Move some of them away, then retry the item. Nothing was overwritten.",
    },
  );
