import { invalid, type Refusal } from "./error.ts";

/** The words of JSON Schema that bound a value: the decoder knows none of them. */
const UNSUPPORTED: Readonly<Record<string, readonly string[]>> = {
  string: ["maxLength", "minLength"],
  number: ["exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"],
  integer: ["exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"],
  array: ["maxItems", "uniqueItems"],
  object: ["maxProperties", "minProperties"],
};

/** What the API says to a schema that its decoder cannot force: the first place that is wrong. */
export function refuseSchema(schema: unknown): Refusal | undefined {
  const problem = problemOf(schema);
  return problem === undefined ? undefined : invalid(`output_config.format.schema: ${problem}`);
}

function problemOf(schema: unknown): string | undefined {
  if (Array.isArray(schema)) return first(schema);
  if (typeof schema !== "object" || schema === null) return undefined;
  const { type, ...rest } = schema as Readonly<Record<string, unknown>>;
  if (typeof type === "string") {
    const bounds = (UNSUPPORTED[type] ?? []).filter((name) => name in rest);
    if (bounds.length === 1) return `For '${type}' type, property '${bounds[0]}' is not supported`;
    if (bounds.length > 1) return `For '${type}' type, properties ${bounds.join(", ")} are not supported`;
    if (type === "array" && Number(rest["minItems"] ?? 0) > 1) {
      return "For 'array' type, 'minItems' values other than 0 and 1 are not supported";
    }
    if (type === "object" && rest["additionalProperties"] !== false) {
      return "For 'object' type, 'additionalProperties' must be explicitly set to false";
    }
  }
  const named = ["properties", "$defs", "definitions"].flatMap((name) => Object.values(rest[name] ?? {}) as unknown[]);
  return first([...named, rest["items"], rest["anyOf"], rest["allOf"]]);
}

function first(schemas: readonly unknown[]): string | undefined {
  for (const schema of schemas) {
    const problem = problemOf(schema);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
