import { existsSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, resolve } from "node:path";
import { HoldfastError, messageOf, type Environment } from "../core/failure/index.ts";
import { assertConfig } from "./check-config.ts";
import type { HoldfastConfig } from "./define-config.ts";
import { findConfig } from "./find-config.ts";
import { importDefault, type ImportHint } from "./import-default.ts";
import { SETTINGS, type Setting } from "./settings.ts";

/** Where {@link loadConfig} looks. */
export interface LoadConfigOptions {
  /** Where to look from, upwards. */
  readonly startFolder: string;
  /** The file to load instead of searching, relative to `startFolder`. */
  readonly file?: string | undefined;
  /** The environment: the file may not contain the values of its secrets. @default process.env */
  readonly env?: Environment;
}

/** What {@link loadConfig} found. */
export interface LoadedConfig {
  /** The file, as an absolute path; `undefined` when there is none. */
  readonly path?: string;
  /** The settings, with absolute paths. */
  readonly config: HoldfastConfig;
}

/**
 * Finds the configuration file and reads it: TypeScript, JavaScript (the default export) or JSON. Throws a
 * `HoldfastError`: `input_unreadable` when `file` does not exist, `usage` when it cannot be loaded or has invalid
 * settings.
 *
 * @example
 * ```ts
 * import { writeFileSync } from "node:fs";
 * import { resolve } from "node:path";
 * import { loadConfig } from "holdfast/config";
 *
 * writeFileSync("holdfast.config.json", JSON.stringify({ llm: "ollama:llama3.2", out: "notes" }));
 * const { path, config } = await loadConfig({ startFolder: "." });
 * console.log(path === resolve("holdfast.config.json"), config.llm, config.out === resolve("notes"));
 * // prints: true ollama:llama3.2 true
 * ```
 */
export async function loadConfig({ startFolder, file, env = process.env }: LoadConfigOptions): Promise<LoadedConfig> {
  const path = file === undefined ? findConfig(startFolder) : resolve(startFolder, file);
  if (path === undefined) return { config: {} };
  const given = path.endsWith(".json") ? readJson(path) : await importConfig(path);
  assertConfig(given, { path, env });
  return { path, config: withAbsolutePaths(given, dirname(path)) };
}

function readJson(path: string): unknown {
  assertFile(path);
  try {
    return JSON.parse(readFileSync(path, "utf8").replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new HoldfastError("usage", `Could not read ${JSON.stringify(path)}: ${messageOf(cause)}`, {
      cause,
      hint: "Nothing was run. Fix the file, then run it again.",
    });
  }
}

async function importConfig(path: string): Promise<unknown> {
  assertFile(path);
  const found = await importDefault(path, { role: "exports settings", hints: HINTS });
  if (found !== undefined) return found;
  throw new HoldfastError("usage", `${JSON.stringify(path)} does not export settings as its default.`, {
    hint: 'End the file with: export default defineConfig({ llm: "ollama:llama3.2" })',
  });
}

const HINTS: readonly ImportHint[] = [
  [
    /Cannot find package 'holdfast'/,
    'Write it without defineConfig: export default { llm: "ollama:llama3.2" }; or run npm install holdfast beside it.',
  ],
];

function assertFile(path: string): void {
  if (existsSync(path) && statSync(path).isFile()) return;
  throw new HoldfastError("input_unreadable", `There is no configuration file ${JSON.stringify(path)}.`, {
    hint: { kind: "name_config" },
  });
}

function withAbsolutePaths(config: HoldfastConfig, folder: string): HoldfastConfig {
  const absolute = Object.entries(config).flatMap(([name, value]): [string, string][] =>
    PATHS.has(name) && typeof value === "string" ? [[name, pathFrom(folder, value)]] : [],
  );
  return { ...config, ...Object.fromEntries(absolute) };
}

const ALL: Readonly<Record<string, Setting<unknown>>> = SETTINGS;
const PATHS: ReadonlySet<string> = new Set(Object.keys(ALL).filter((name) => ALL[name]?.isPath));

/** Expands `~`, since no shell has done it here. */
const pathFrom = (folder: string, path: string): string => resolve(folder, path.replace(/^~(?=[/\\]|$)/, homedir()));
