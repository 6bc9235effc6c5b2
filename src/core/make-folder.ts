import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fsyncFolder } from "./atomic-write.ts";
import { crashPoint } from "./crash-point.ts";
import { errnoOf, writeFailed } from "./write-failure.ts";

/**
 * Makes a folder, and those above it that are missing, so that their names outlive a power cut. Throws a
 * `HoldfastError` (`write_failed`) when that cannot be done. Not `mkdir` with `recursive`: where a file system answers
 * "no such file" to every attempt, as `/proc` does, Node tries again for ever.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await make(resolve(folder));
  } catch (cause) {
    throw writeFailed(folder, cause);
  }
}

async function make(path: string): Promise<void> {
  if (await isFolder(path)) return;
  const above = dirname(path);
  if (above !== path) await make(above);
  try {
    crashPoint("folder:make");
    await mkdir(path);
  } catch (error) {
    const madeMeanwhile = errnoOf(error) === "EEXIST" && (await isFolder(path));
    if (!madeMeanwhile) throw error;
  }
  await fsyncFolder(above);
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
