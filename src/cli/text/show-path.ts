import { isAbsolute, relative } from "node:path";

let folder = process.cwd();

/** The user's folder when the command began: a resumed session changes to the folder that it started in. */
export const startedIn = (): string => folder;

/** A command begins here. */
export function rememberFolder(): void {
  folder = process.cwd();
}

/** A path as a person reads it: relative when it is below the folder the command was started in. */
export function showPath(path: string, from: string = startedIn()): string {
  const below = relative(from, path);
  if (below === "") return ".";
  return isAbsolute(below) || /^\.\.(?:[/\\]|$)/.test(below) ? path : below;
}
