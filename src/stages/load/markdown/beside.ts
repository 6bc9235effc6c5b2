import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { crashPoint, fsyncFolder, isSameFile, renameToFree } from "../../../core/files/index.ts";
import { errnoOf, HoldfastError, writeFailed } from "../../../core/failure/index.ts";
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
  const from = resolve(folder.path, note);
  for (const path of pathsBeside(note, "your version")) {
    const to = resolve(folder.path, path);
    // Cut off in between, it has both names.
    const isCutOff = isSameFile(from, to);
    if (!isCutOff && folder.holds(path)) continue;
    try {
      crashPoint("note:aside");
      if (isCutOff) rmSync(from);
      else renameToFree(from, to);
      crashPoint("note:aside:done");
    } catch (cause) {
      // Another one took the name since.
      if (errnoOf(cause) === "EEXIST") continue;
      throw writeFailed(to, cause);
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
