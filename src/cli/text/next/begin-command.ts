import type { JsonValue } from "../../../core/base/index.ts";
import type { Session } from "../../../core/session/index.ts";
import { withoutUser } from "./without-user.ts";

/**
 * The command that starts a session like this one, with its flags, so that it writes to the same place in the same way;
 * finished work is not done again. `at` names its workspace.
 */
export function beginCommand({ options, pipeline }: Session, { at }: { readonly at: string }): string {
  const trying = fieldOf(options, "try");
  const importing = fieldOf(trying ?? options, "import");
  const [path, out] = [fieldOf(importing, "export"), fieldOf(importing, "out")];
  const flags = flagsOf(fieldOf(options, "flags"), NOT_REPEATED);
  if (typeof path === "string" && typeof out === "string") {
    return `holdfast ${trying === undefined ? "import" : "try"} ${quote(path)} --out ${quote(out)}${flagsOf(importing, GIVEN_APART)}${flags}${at}`;
  }
  const organizing = fieldOf(options, "organize");
  const [folder, vault] = [fieldOf(organizing, "folder"), fieldOf(organizing, "vault")];
  if (typeof folder === "string" && typeof vault === "string") {
    const copy = fieldOf(organizing, "kind") === "copy" ? " --copy" : "";
    const conflict = fieldOf(organizing, "onConflict");
    const isSaid = typeof conflict === "string" && conflict !== "skip";
    const own = isSaid ? `${copy} --on-conflict ${conflict}` : copy;
    return `holdfast organize ${quote(folder)} --vault ${quote(vault)}${own}${flags}${at}`;
  }
  return pipeline.path === null
    ? "your program"
    : `holdfast ${trying === undefined ? "run" : "try"} ${quote(pipeline.path)}${flags}${at}`;
}

/** Said in the command already, or a default. */
const GIVEN_APART: Flags = { export: null, out: null, minMessages: 3, onEdited: "keep", layout: "flat" };

/** A queue's address may hold a password. */
const NOT_REPEATED: Flags = { engine: null, redis: null, postgres: null, allowVolatile: null };

/** Flags that are left out: with this value, or with any (`null`). */
type Flags = Readonly<Record<string, string | number | null>>;

/** ` --min-messages 0 --language Japanese`, of stored options; those that are no flags are left out. */
function flagsOf(stored: JsonValue | undefined, without: Flags): string {
  if (typeof stored !== "object" || stored === null || isList(stored)) return "";
  return Object.entries(stored)
    .flatMap(([name, value]) => {
      if (value === false && without[name] !== null) return [` --no-${flagNamed(name).slice(2)}`];
      const text = value !== undefined && isList(value) ? value.map(String).join(",") : value;
      const isFlag = typeof text === "string" || typeof text === "number";
      if (!isFlag || without[name] === null || without[name] === value) return [];
      return [` ${flagNamed(name)} ${quote(withoutUser(String(text)))}`];
    })
    .join("");
}

const flagNamed = (option: string): string =>
  `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** A field of an object; `undefined` for anything else. */
export const fieldOf = (value: JsonValue | undefined, name: string): JsonValue | undefined =>
  typeof value === "object" && value !== null && !isList(value) && Object.hasOwn(value, name) ? value[name] : undefined;

// Array.isArray does not narrow readonly arrays out of a union.
const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

/** Quotes a word for a shell. */
export const quote = (path: string): string =>
  path === "" || /[^\w./~@%+:,=-]/.test(path) ? `'${path.replaceAll("'", `'\\''`)}'` : path;

/** The path that {@link quote} wrote. */
export const unquote = (word: string): string =>
  word.startsWith("'") ? word.slice(1, -1).replaceAll(`'\\''`, "'") : word;
