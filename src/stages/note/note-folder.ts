import { lstatSync } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { assertCanWrite, removeStaleTemps, foldPath, makeFolder } from "../../core/files/index.ts";
import { HoldfastError, writeFailed } from "../../core/failure/index.ts";
import { joinPath } from "./note-path.ts";

/** A folder that notes are written to, and the folders inside it. Paths are relative to it, with `/`. */
export interface NoteFolder {
  /** Absolute, without symbolic links: the ledger knows the folder by it, however the user names it. */
  readonly path: string;
  /**
   * Creates a folder inside it if it is missing, and reads its contents. Ask `holds` about the files of opened folders
   * only.
   */
  open(inside: string): Promise<void>;
  /** Whether there is a file, folder or link of that path, or of one that differs only in case. Not durable: ask right before use. */
  holds(path: string): boolean;
}

/** Opens a folder, and makes it when it is missing. Throws a `HoldfastError` (`write_failed`) when that cannot be done. */
export async function openNoteFolder(folder: string): Promise<NoteFolder> {
  await makeFolder(folder);
  try {
    const path = await realpath(folder);
    const opened = new Map<string, Promise<void>>();
    const found = new Set<string>();
    const look = async (inside: string): Promise<void> => {
      const place = resolve(path, inside);
      await makeFolder(place);
      await removeStaleTemps(place);
      for (const name of await readdir(place)) found.add(foldPath(joinPath(inside, name)));
    };
    const open = (inside: string): Promise<void> => {
      // Read once: a check per note would make a large vault slow. What comes later under the very same name is seen by
      // lstat.
      const looked = opened.get(inside) ?? look(inside);
      opened.set(inside, looked);
      looked.catch(() => opened.delete(inside));
      return looked;
    };
    await open("");
    return {
      path,
      open,
      holds: (inside) =>
        found.has(foldPath(inside)) || lstatSync(resolve(path, inside), { throwIfNoEntry: false }) !== undefined,
    };
  } catch (cause) {
    throw cause instanceof HoldfastError ? cause : writeFailed(folder, cause);
  }
}

/** Writes a file to the folder and removes it again. Throws a `HoldfastError` (`write_failed`) when that cannot be done. */
export async function assertWritable({ path }: NoteFolder): Promise<void> {
  await assertCanWrite(path);
}
