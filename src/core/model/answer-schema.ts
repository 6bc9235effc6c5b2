import type { StandardJSONSchemaV1 } from "@standard-schema/spec";
import { describeIssues, type JsonValue, type StandardSchema } from "../base/index.ts";
import type { AnswerSchema } from "./step-model.ts";

const isStandard = (schema: AnswerSchema): schema is StandardSchema => "~standard" in schema;

/** The form that a model is asked to answer in; `undefined` for a schema that cannot say it, whose answers are checked all the same. */
export function jsonSchemaOf(schema: AnswerSchema): JsonValue | undefined {
  if (!isStandard(schema)) return schema;
  const { jsonSchema } = schema["~standard"] as Partial<StandardJSONSchemaV1.Props>;
  try {
    // What the model writes is what the schema takes.
    const { $schema: _, ...form } = jsonSchema?.input({ target: "draft-2020-12" }) ?? {};
    return Object.keys(form).length === 0 ? undefined : (form as JsonValue);
  } catch {
    // Some schemas check what no JSON Schema can say.
    return undefined;
  }
}

/** What an answer is by a schema, or what is wrong with it. */
export type Checked = { readonly value: unknown } | { readonly complaint: string };

/** Holds the JSON of an answer against its schema. */
export async function checkAnswer(schema: AnswerSchema, json: JsonValue): Promise<Checked> {
  const checked = await (await standardOf(schema))["~standard"].validate(json);
  if (checked.issues === undefined) return { value: checked.value };
  return { complaint: `it does not fit: ${describeIssues(checked.issues)}` };
}

/** A JSON Schema is read by zod, which is loaded when one is there. */
async function standardOf(schema: AnswerSchema): Promise<StandardSchema> {
  if (isStandard(schema)) return schema;
  const known = READ.get(schema);
  if (known) return known;
  const { fromJSONSchema } = await import("zod");
  const read = fromJSONSchema(schema);
  READ.set(schema, read);
  return read;
}

const READ = new WeakMap<object, StandardSchema>();
