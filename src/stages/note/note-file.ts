import { sha256 } from "../../core/base/index.ts";
import { readFile } from "node:fs/promises";
import { errnoOf, HoldfastError } from "../../core/failure/index.ts";
import type { LedgerEntry } from "../../core/storage/index.ts";

/**
 * The state of the file at an entry's path. `written`: as we wrote it last. `pending`: as we were about to write it
 * when the process died. `edited`: anything else.
 */
export type FileState = "missing" | "written" | "pending" | "edited";

/** Reads the file and compares it with the ledger. */
export async function fileState(path: string, entry: LedgerEntry): Promise<FileState> {
  const found = await hashFile(path);
  if (found === undefined) return "missing";
  if (found === entry.pendingHash) return "pending";
  return found === entry.outputHash ? "written" : "edited";
}

/** `undefined` when there is nothing; a folder has a hash that no file has. */
async function hashFile(path: string): Promise<string | undefined> {
  try {
    return sha256(await readFile(path));
  } catch (cause) {
    const errno = errnoOf(cause);
    if (errno === "ENOENT") return undefined;
    if (errno === "EISDIR") return "a folder";
    throw new HoldfastError(
      "write_failed",
      `Could not check whether ${path} was edited: ${String(cause)}. It was left as it is.`,
      { cause, hint: "Make the file readable, then retry the item." },
    );
  }
}
