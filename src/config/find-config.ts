import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { HoldfastError } from "../core/failure/index.ts";

/** The allowed names of a configuration file. */
const CONFIG_NAMES: readonly string[] = ["ts", "mts", "js", "mjs", "json"].map(
  (extension) => `holdfast.config.${extension}`,
);

/**
 * Finds the configuration file for work in `startFolder`: the one in the nearest folder upwards that has one. Throws a
 * `HoldfastError` (`usage`) when a folder has two.
 */
export function findConfig(startFolder: string): string | undefined {
  for (let folder = resolve(startFolder); ; folder = dirname(folder)) {
    const [found, another] = CONFIG_NAMES.map((name) => join(folder, name)).filter((path) => existsSync(path));
    if (found !== undefined && another !== undefined) throw twoOf(found, another);
    if (found !== undefined || dirname(folder) === folder) return found;
  }
}

const twoOf = (found: string, another: string): HoldfastError =>
  new HoldfastError("usage", `There are two configuration files: ${found} and ${another}.`, {
    hint: { kind: "choose_config", file: found },
  });
