import { isAbsolute, relative } from "node:path";

/** The user's folder: a resumed session changes to the folder it started in. */
export const STARTED_IN: string = process.cwd();

/** A path as a person reads it: relative when it is below the folder the command was started in. */
export function showPath(path: string, from: string = STARTED_IN): string {
  const below = relative(from, path);
  if (below === "") return ".";
  return isAbsolute(below) || /^\.\.(?:[/\\]|$)/.test(below) ? path : below;
}
