/** A JSON Schema, as far as the fakes read it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * A value that fits a JSON Schema, filled with words of a text: what a server with structured outputs would give. Types
 * may be in upper case, as Gemini's own schemas have them.
 */
export function valueFor(schema: unknown, text: string, root: unknown = schema): unknown {
  if (!isSchema(schema)) return text.slice(0, 40);
  const at = (inner: unknown): unknown => valueFor(inner, text, root);
  const { $ref, anyOf, oneOf, allOf } = schema;
  if (typeof $ref === "string") return at(resolve($ref, root));
  if ("const" in schema) return schema["const"];
  if (Array.isArray(schema["enum"])) return schema["enum"][0];
  const choice = [anyOf, oneOf, allOf].find((given) => Array.isArray(given)) as readonly unknown[] | undefined;
  if (choice) return at(choice[0]);
  switch (typeOf(schema)) {
    case "object":
      return Object.fromEntries(Object.entries(fieldsOf(schema)).map(([name, inner]) => [name, at(inner)]));
    case "array":
      return Array.from({ length: Math.max(1, numberOf(schema, "minItems", 1)) }, () => at(schema["items"]));
    case "integer":
    case "number":
      return numberOf(schema, "minimum", 1);
    case "boolean":
      return true;
    case "null":
      return null;
    default:
      return wordsFor(schema, text);
  }
}

function wordsFor(schema: JsonSchema, text: string): string {
  const least = numberOf(schema, "minLength", 1);
  const most = numberOf(schema, "maxLength", Math.max(least, 40));
  const words = text.replaceAll(/\s+/g, " ").trim() || "nothing";
  return words.repeat(Math.ceil(least / words.length)).slice(0, most);
}

function typeOf(schema: JsonSchema): string {
  const types: readonly unknown[] = [schema["type"]].flat();
  const [type] = types;
  if (typeof type === "string") return type.toLowerCase();
  return "properties" in schema ? "object" : "string";
}

const fieldsOf = (schema: JsonSchema): JsonSchema => (isSchema(schema["properties"]) ? schema["properties"] : {});

const numberOf = (schema: JsonSchema, name: string, otherwise: number): number => {
  const value = Number(schema[name]);
  return Number.isFinite(value) ? value : otherwise;
};

const resolve = (ref: string, root: unknown): unknown =>
  ref
    .split("/")
    .slice(1)
    .reduce<unknown>((at, name) => (isSchema(at) ? at[name] : undefined), root);

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === "object" && value !== null && !Array.isArray(value);
