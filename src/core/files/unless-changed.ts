import { linkSync, lstatSync, readFileSync, renameSync, rmSync } from "node:fs";
import { errnoOf } from "../failure/index.ts";

// A user's file may appear, or change, between the look at it and what is done for what was seen. So a new name is given
// only where there is none, by the file system itself; and what is replaced or removed is looked at again right before.

/** Whether a file's content is still what it was judged by; `undefined` when there is no file. */
export type IsStill = (found: Uint8Array | undefined) => boolean;

/** Thrown with the code `EEXIST`, as when the file system refuses: another file has that name, or has changed meanwhile. */
const taken = (path: string): Error =>
  Object.assign(new Error(`EEXIST: file already exists, ${path}`), { code: "EEXIST" });

/**
 * Gives a file a name that nothing has: `link`, then the old name is removed, since `rename` would take the place of what
 * is there. It throws `EEXIST` and leaves both files as they are when there is something. Where there are no second names
 * ({@link CANNOT_LINK}) it looks right before it renames; a file that comes in that moment is replaced.
 */
export function renameToFree(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (!CANNOT_LINK.has(errnoOf(error) ?? "")) throw error;
    if (lstatSync(to, { throwIfNoEntry: false }) !== undefined) throw taken(to);
    return renameSync(from, to);
  }
  rmSync(from);
}

/** Whether two names are of one file: {@link renameToFree} was cut off before it removed the old one. */
export function isSameFile(one: string, other: string): boolean {
  // A link that leads to a file is no name of it: without the file it leads nowhere.
  const [a, b] = [one, other].map((path) => lstatSync(path, { bigint: true, throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.isFile() && b.isFile() && areOne(a, b);
}

/**
 * Whether what the system says of two names is about one file. A number alone does not tell: some network shares give all
 * files the same one, and then one of the two would be removed. A file with two names is counted as having them.
 */
export const areOne = (a: FileMark, b: FileMark): boolean => a.ino === b.ino && a.dev === b.dev && a.nlink > 1n;

/** What `lstat` says of a file that tells it from others. Written out: the declarations need no types of Node. */
interface FileMark {
  readonly ino: bigint;
  readonly dev: bigint;
  readonly nlink: bigint;
}

/** Gives a file the name of another that is still as it was. Throws `EEXIST` when it is not. */
export function renameOver(from: string, to: string, isStill: IsStill): void {
  const found = contentOf(to);
  if (found === "a folder" || !isStill(found)) throw taken(to);
  if (found === undefined) renameToFree(from, to);
  else renameSync(from, to);
}

/** Removes a file that is still as it was, and returns whether it is gone. */
export function removeUnlessChanged(path: string, isStill: IsStill): boolean {
  const found = contentOf(path);
  if (found === undefined) return true;
  if (found === "a folder" || !isStill(found)) return false;
  rmSync(path, { force: true });
  return true;
}

function contentOf(path: string): Uint8Array | "a folder" | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    if (errnoOf(error) === "EISDIR") return "a folder";
    throw error;
  }
}

/**
 * What `link` answers where a file can have one name only: memory cards and some network shares (EPERM, ENOTSUP,
 * EOPNOTSUPP, ENOSYS; on Windows EISDIR, Node's name for its ERROR_INVALID_FUNCTION), Android and other systems that forbid
 * it (EACCES, and EPERM for a file of another user), a file with as many names as it may have (EMLINK), and AFS between
 * folders, or macOS for a link to a file on another disk (EXDEV).
 */
const CANNOT_LINK: ReadonlySet<string> = new Set([
  "EPERM",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EISDIR",
  "EACCES",
  "EMLINK",
  "EXDEV",
]);
