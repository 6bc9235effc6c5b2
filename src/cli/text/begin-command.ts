import type { JsonValue } from "../../core/base/index.ts";
import type { Session } from "../../core/session/index.ts";

/** The command that starts a session like this one; finished work is not done again. */
export function beginCommand({ options, pipeline }: Session): string {
  const importing = fieldOf(options, "import");
  const [path, out] = [fieldOf(importing, "export"), fieldOf(importing, "out")];
  if (typeof path === "string" && typeof out === "string") return `holdfast import ${quote(path)} --out ${quote(out)}`;
  return pipeline.path === null ? "your program" : `holdfast run ${quote(pipeline.path)}`;
}

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
