import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { HoldfastError, errnoOf, writeFailed } from "../failure/index.ts";
import { fsyncFolder } from "./atomic-write.ts";
import { crashPoint } from "./crash-point.ts";

/**
 * Makes a folder, and those above it that are missing, so that their names survive a power cut. Throws a
 * `HoldfastError` (`write_failed`) when that cannot be done. Not `mkdir` with `recursive`: where a file system answers
 * "no such file" to every attempt, as `/proc` does, Node retries forever.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await make(resolve(folder), folder);
  } catch (cause) {
    throw cause instanceof HoldfastError ? cause : writeFailed(folder, cause);
  }
}

/** `wanted` is the folder that this one is on the way to. */
async function make(path: string, wanted: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return;
  if (found) throw isAFile(path, wanted);
  const above = dirname(path);
  if (above !== path) await make(above, wanted);
  try {
    crashPoint("folder:make");
    await mkdir(path);
  } catch (error) {
    const madeMeanwhile = errnoOf(error) === "EEXIST" && (await isFolder(path));
    if (!madeMeanwhile) throw error;
  }
  await fsyncFolder(above);
}

const isAFile = (path: string, wanted: string): HoldfastError =>
  new HoldfastError(
    "write_failed",
    `Could not make the folder ${JSON.stringify(wanted)}: ${path === resolve(wanted) ? "it" : JSON.stringify(path)} is a file.`,
    { hint: "Nothing was changed. Choose another folder, or move the file away." },
  );

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
