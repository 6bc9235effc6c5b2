import { lstatSync, readdirSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { foldPath } from "../../../core/files/index.ts";
import { errnoOf, writeFailed } from "../../../core/failure/index.ts";

/**
 * The folders that notes are sorted into, as they are and as they will be: a name that was taken for a note is taken
 * from then on. It is synchronous, so that two notes never get the same name. Paths are relative to it, with `/`.
 */
export interface Vault {
  /** Absolute, without symbolic links. */
  readonly path: string;
  /** A path as it is spelled in the vault already, where letter case or composition differ. */
  spelled(path: string): string;
  /** Whether there is anything of that path, or of one that differs only in case, or a note is on its way there. */
  holds(path: string): boolean;
  take(path: string): void;
  /** Whether the place was taken for a note of this session. */
  isTaken(path: string): boolean;
  /** Where a file is in the vault; `undefined` when it is not in it. */
  inside(file: string): string | undefined;
}

/** Reads a vault, which need not exist yet. Changes nothing. */
export async function openVault(folder: string): Promise<Vault> {
  const path = await realpath(folder).catch(() => resolve(folder));
  const listed = new Map<string, Map<string, string>>();
  const taken = new Set<string>();

  /** Each folder is read once: a check per note would make a large vault slow. */
  const namesIn = (inside: string): Map<string, string> => {
    const key = foldPath(inside);
    const names = listed.get(key) ?? new Map(namesOf(join(path, inside)).map((name) => [foldPath(name), name]));
    listed.set(key, names);
    return names;
  };
  const spelled = (inside: string): string =>
    inside.split("/").reduce((above, name) => joinNames(above, namesIn(above).get(foldPath(name)) ?? name), "");

  return {
    path,
    spelled,
    holds: (file) => {
      const [folder, name] = splitPath(file);
      return (
        namesIn(folder).has(foldPath(name)) || lstatSync(join(path, file), { throwIfNoEntry: false }) !== undefined
      );
    },
    isTaken: (file) => taken.has(foldPath(file)),
    take: (file) => {
      taken.add(foldPath(file));
      const [folder, name] = splitPath(file);
      namesIn(folder).set(foldPath(name), name);
      const above = splitPath(folder);
      if (folder !== "") namesIn(above[0]).set(foldPath(above[1]), above[1]);
    },
    inside: (file) => {
      const found = relative(path, file);
      return found.startsWith(`..${sep}`) || resolve(found) === found || found === ".."
        ? undefined
        : found.replaceAll(sep, "/");
    },
  };
}

function namesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return [];
    throw writeFailed(folder, cause);
  }
}

const joinNames = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);

function splitPath(path: string): readonly [folder: string, name: string] {
  const at = path.lastIndexOf("/");
  return at === -1 ? ["", path] : [path.slice(0, at), path.slice(at + 1)];
}
