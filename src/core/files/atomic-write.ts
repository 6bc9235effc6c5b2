import { isAlive, sha256 } from "../base/index.ts";
import { open, readdir, rename, rm, type FileHandle } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { crashPoint, type CrashPointOptions } from "./crash-point.ts";
import { errnoOf, HoldfastError, writeFailed } from "../failure/index.ts";
import { renameOver, renameToFree, type IsStill } from "./unless-changed.ts";

export interface WriteFileAtomicOptions {
  /** Waits until the content and its name are on the disk, so that they survive a power cut. @default true */
  readonly fsync?: boolean;
  /**
   * Whether an existing file is replaced: by what it holds, or always, or never. Where it is not, it stays, and the
   * error's cause is `EEXIST` (see {@link wasTaken}). @default true
   */
  readonly replace?: boolean | IsStill;
  /** What is written, for the names of its crash points. @default "file" */
  readonly what?: string;
  /** How its crash points are passed. @default each time, and a run cannot do without it */
  readonly passes?: CrashPointOptions;
}

/**
 * Replaces a file as a whole: a reader, or a crash at any instant, finds the old content or the new, never a part.
 * The folder must exist. Throws a `HoldfastError` (`write_failed`), and then leaves no other file behind.
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array,
  { fsync = true, replace = true, what = "file", passes = {} }: WriteFileAtomicOptions = {},
): Promise<void> {
  const folder = dirname(path);
  try {
    const temp = await openTemp(folder);
    try {
      crashPoint(`${what}:write`, passes);
      await fill(temp.handle, data, fsync);
      crashPoint(`${what}:rename`, passes);
      if (replace === true) await rename(temp.path, path);
      else if (replace === false) renameToFree(temp.path, path);
      else renameOver(temp.path, path, replace);
      crashPoint(`${what}:rename:done`, passes);
    } catch (error) {
      await rm(temp.path, { force: true }).catch(() => {});
      throw error;
    }
    if (fsync) await fsyncFolder(folder);
  } catch (error) {
    throw writeFailed(path, error);
  }
}

/** Whether a write was refused because a file that may not be replaced has that name. */
export const wasTaken = (error: unknown): boolean =>
  error instanceof HoldfastError && errnoOf(error.cause) === "EEXIST";

/** Writes a file to `folder` and removes it again. Throws a `HoldfastError` (`write_failed`) when that cannot be done. */
export async function assertCanWrite(folder: string): Promise<void> {
  try {
    const temp = await openTemp(folder);
    try {
      crashPoint("file:probe");
      await fill(temp.handle, "probe", false);
    } finally {
      await rm(temp.path, { force: true });
    }
  } catch (error) {
    throw writeFailed(folder, error);
  }
}

/** Waits until the names in a folder are on the disk. Does nothing where the system cannot do that for folders. */
export async function fsyncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } catch (error) {
    if (!CANNOT_SYNC_FOLDERS.has(errnoOf(error) ?? "")) throw error;
  } finally {
    await handle.close();
  }
}

/**
 * Removes the temporary files of dead processes from `folder`, and returns their number. Temps of living processes and
 * of other machines are left alone.
 */
export async function removeStaleTemps(folder: string): Promise<number> {
  const stale = (await readdir(folder)).filter(isStaleTemp);
  for (const name of stale) await rm(join(folder, name), { force: true });
  return stale.length;
}

/** Some network file systems answer so when asked to sync a folder. */
const CANNOT_SYNC_FOLDERS: ReadonlySet<string> = new Set(["EINVAL", "ENOTSUP"]);

const HOST = sha256(hostname()).slice(0, 8);
const TEMP_NAME = /^\.holdfast-(?<host>[0-9a-f]{8})-(?<pid>\d+)-\d+\.tmp$/;

let tempCount = 0;

/** The counter keeps the writes of this process apart, the pid those of others; `wx` settles what is left (threads, a reused pid). */
async function openTemp(folder: string): Promise<{ readonly path: string; readonly handle: FileHandle }> {
  for (;;) {
    tempCount += 1;
    const path = join(folder, `.holdfast-${HOST}-${process.pid}-${tempCount}.tmp`);
    try {
      return { path, handle: await open(path, "wx") };
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw error;
    }
  }
}

async function fill(handle: FileHandle, data: string | Uint8Array, fsync: boolean): Promise<void> {
  try {
    await handle.writeFile(data);
    if (fsync) await handle.sync();
  } finally {
    await handle.close();
  }
}

function isStaleTemp(name: string): boolean {
  const { host, pid } = TEMP_NAME.exec(name)?.groups ?? {};
  return host === HOST && pid !== undefined && !isAlive(Number(pid));
}
