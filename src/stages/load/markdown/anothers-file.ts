import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { sha256 } from "../../../core/base/index.ts";
import { errnoOf } from "../../../core/failure/index.ts";
import type { IsStill } from "../../../core/files/index.ts";
import type { LedgerEntry } from "../../../core/storage/index.ts";
import { readFrontMatter } from "../../note/front-matter/index.ts";
import type { NoteFolder } from "../../note/index.ts";

/** Whether a file still holds what has that hash; one that is gone may be written again. */
export const hasHash = (hash: string): IsStill => isOneOf([hash]);

/** The same for one of several. */
export const isOneOf =
  (hashes: readonly (string | undefined)[]): IsStill =>
  (found) =>
    found === undefined || hashes.includes(sha256(found));

/**
 * Whether the file at a reserved path has nothing to do with the note: it came before the note was ever written there, and
 * does not name the note's source. Such a file is no edited note, and the note goes elsewhere.
 */
export async function isAnothersFile(
  { path, outputHash }: LedgerEntry,
  folder: NoteFolder,
  sourceId: string,
): Promise<boolean> {
  if (outputHash !== undefined) return false;
  try {
    const found = readFrontMatter(await readFile(resolve(folder.path, path), "utf8"));
    return found.state !== "read" || found.values["source_id"] !== sourceId;
  } catch (error) {
    // A folder, or a file that cannot be read, is none of ours; nothing at all is nobody's.
    return errnoOf(error) !== "ENOENT";
  }
}
