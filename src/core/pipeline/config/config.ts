import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { inspect } from "node:util";
import { HoldfastError } from "../../failure/index.ts";

const WORKSPACE_NAME = ".holdfast";

/** Settings that hold for a whole run, whatever its pipeline. */
export interface Config {
  /** The folder with all sessions, the cache and the ledger, as an absolute path. @default findWorkspace(process.cwd()) */
  readonly workspace: string;
  /** Writes a log per stage and a dump per step. No behaviour depends on it. @default false */
  readonly debug: boolean;
  /** Items in flight at once; the source is read only when there is room. From 1 to 10,000. @default 16 */
  readonly window: number;
  /** The least time between two writes of `session.json` and `phase.json`, in milliseconds. From 0 to 60,000. @default 500 */
  readonly projectionIntervalMs: number;
}

/** Every default but the workspace, which depends on where Holdfast is started. */
export const defaultConfig: Readonly<Omit<Config, "workspace">> = Object.freeze({
  debug: false,
  window: 16,
  projectionIntervalMs: 500,
});

/**
 * Fills in the defaults. Throws a `HoldfastError` (`usage`) that names each setting that is wrong or unknown.
 *
 * @example
 * ```ts
 * import { resolveConfig } from "holdfast";
 *
 * const config = resolveConfig({ window: 64 });
 * console.log(config.window, config.debug, config.projectionIntervalMs);
 * try {
 *   resolveConfig({ window: 0 });
 * } catch (error) {
 *   console.log(String(error));
 * }
 * // prints: 64 false 500
 * // prints: HoldfastError: Expected `window` to be a whole number from 1 to 10000, got 0.
 * ```
 */
export function resolveConfig(given: Partial<Config> = {}): Config {
  const problems = Object.entries(given).flatMap(([name, value]) => problemOf(name, value));
  if (problems.length > 0) throw new HoldfastError("usage", problems.join(" "));
  return Object.freeze({
    ...defaultConfig,
    ...given,
    workspace: resolve(given.workspace ?? findWorkspace(process.cwd())),
  });
}

/**
 * The workspace for work in `startFolder`: the nearest `.holdfast` in it or in a folder above, or else `.holdfast` in it.
 *
 * @example
 * ```ts
 * import { mkdirSync } from "node:fs";
 * import { resolve } from "node:path";
 * import { findWorkspace } from "holdfast";
 *
 * mkdirSync("project/.holdfast", { recursive: true });
 * mkdirSync("project/src/deep", { recursive: true });
 * console.log(findWorkspace("project/src/deep") === resolve("project/.holdfast"));
 * // prints: true
 * ```
 */
export function findWorkspace(startFolder: string): string {
  const start = resolve(startFolder);
  for (let folder = start; ; folder = dirname(folder)) {
    const workspace = join(folder, WORKSPACE_NAME);
    if (isFolder(workspace)) return workspace;
    if (dirname(folder) === folder) return join(start, WORKSPACE_NAME);
  }
}

interface Rule {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}

const wholeNumber = (min: number, max: number): Rule => ({
  expected: `a whole number from ${min} to ${max}`,
  accepts: (value) => typeof value === "number" && Number.isInteger(value) && value >= min && value <= max,
});

const RULES: Readonly<Record<keyof Config, Rule>> = {
  workspace: {
    expected: "the path of a folder",
    accepts: (value) => typeof value === "string" && value !== "" && !value.includes("\0"),
  },
  debug: { expected: "true or false", accepts: (value) => typeof value === "boolean" },
  window: wholeNumber(1, 10_000),
  projectionIntervalMs: wholeNumber(0, 60_000),
};

function problemOf(name: string, value: unknown): readonly string[] {
  if (!isSetting(name)) return [`There is no setting \`${name}\`; the settings are ${Object.keys(RULES).join(", ")}.`];
  const { expected, accepts } = RULES[name];
  return accepts(value)
    ? []
    : [`Expected \`${name}\` to be ${expected}, got ${inspect(value, { depth: 1, breakLength: Infinity })}.`];
}

const isSetting = (name: string): name is keyof Config => Object.hasOwn(RULES, name);

/** A folder that cannot be read counts as missing. */
const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();
