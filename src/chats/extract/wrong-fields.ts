import type { DriftSign } from "./drift.ts";
import type { Fields } from "../../stages/extract/input/index.ts";

export type FieldType = "string" | "number" | "boolean" | "array" | "object";

/** The types that a field may have, by its name; null and a missing field are always allowed. */
export type FieldTypes = Readonly<Record<string, readonly FieldType[]>>;

/** A sign for each field that has a type it should not have, as in `message.create_time is a boolean`. */
export function wrongFields(owner: string, fields: Fields, types: FieldTypes): readonly DriftSign[] {
  return Object.entries(types).flatMap(([name, allowed]): readonly DriftSign[] => {
    const value = fields[name];
    if (value === undefined || value === null || allowed.some((type) => type === typeOf(value))) return [];
    return [{ kind: "field", name: `${owner}.${name} is ${WITH_ARTICLE[typeOf(value)]}` }];
  });
}

/** JSON has no other types. */
function typeOf(value: unknown): FieldType {
  if (Array.isArray(value)) return "array";
  const type = typeof value;
  return type === "string" || type === "number" || type === "boolean" ? type : "object";
}

const WITH_ARTICLE: Readonly<Record<FieldType, string>> = {
  string: "a string",
  number: "a number",
  boolean: "a boolean",
  array: "an array",
  object: "an object",
};
