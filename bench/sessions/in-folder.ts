import { chmod, mkdtemp, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const TMPFS = 0x01021994;

/** Does something in a new folder on a real disk, and removes the folder. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const base = process.env["BENCH_FOLDER"] ?? tmpdir();
  if ((await statfs(base)).type === TMPFS) {
    throw new Error(`${base} is in memory: nothing there is durable. Name a folder on a disk in BENCH_FOLDER.`);
  }
  const folder = await mkdtemp(join(base, "holdfast-bench-"));
  // Postgres does not run as root and must be able to walk to its folder.
  await chmod(folder, 0o755);
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
