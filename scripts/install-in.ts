import { statSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.ts";

/** Installs what a folder with a lockfile of its own needs, unless it is there already. */
export function installIn(folder: string): void {
  const changedMs = timeOf(join(folder, "package-lock.json"));
  // npm writes this file last.
  const installedMs = timeOf(join(folder, "node_modules/.package-lock.json"));
  if (installedMs < changedMs) run("npm", "ci", "--silent", "--prefix", folder);
}

function timeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
