import { posix } from "node:path";

/** Paths as the ledger keeps them: relative to the notes' folder, with `/` on every system. */

/** A name in a folder; the folder may be empty. */
export const joinPath = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);

/** The folder of a path; empty when it has none. */
export const folderOf = (path: string): string => {
  const folder = posix.dirname(path);
  return folder === "." ? "" : folder;
};

export const nameOf = (path: string): string => posix.basename(path);
