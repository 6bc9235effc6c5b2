import { HoldfastError } from "../../../core/failure/index.ts";
import { type StandardSchema, describeIssues } from "../../../core/base/index.ts";
import { isFields, inOneLine } from "../input/index.ts";
import type { Line } from "./lines.ts";

export type ParsedLine =
  | { readonly ok: true; readonly id: string; readonly content: unknown }
  | { readonly ok: false; readonly place: string; readonly error: HoldfastError; readonly input: string };

export interface ParseLineOptions {
  readonly schema?: StandardSchema<unknown, unknown>;
  readonly id?: (content: unknown) => string;
}

const SHOWN_CHARACTERS = 2_000;

/** Reads one line, or returns what is wrong with it. An error thrown by the schema or by `id` counts against the line. */
export async function parseLine(line: Line, fileName: string, { schema, id }: ParseLineOptions): Promise<ParsedLine> {
  const place = `${fileName}#${line.number}`;
  const broken = (reason: string, cause?: unknown): ParsedLine => ({
    ok: false,
    place,
    error: new HoldfastError(
      "input_malformed",
      `Line ${line.number} of ${fileName} ${reason}. The other lines are not affected.`,
      { cause },
    ),
    input: inOneLine(line.text, SHOWN_CHARACTERS),
  });

  if (line.isTooLong) return broken("is too long to be read as one string");
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch (error) {
    return broken(`is not JSON (${messageOf(error)}); expected one JSON value on each line`, error);
  }
  try {
    const result = schema ? await schema["~standard"].validate(value) : { value };
    if (result.issues) return broken(`does not fit the schema (${describeIssues(result.issues)})`);
    const itemId = id ? id(result.value) : (defaultId(result.value) ?? place);
    if (typeof itemId !== "string" || itemId === "")
      return broken("has no id: expected `id` to return a string that is not empty");
    return { ok: true, id: itemId, content: result.value };
  } catch (error) {
    return broken(`could not be checked (${messageOf(error)})`, error);
  }
}

function defaultId(content: unknown): string | undefined {
  const id = isFields(content) ? content["id"] : undefined;
  return (typeof id === "string" && id !== "") || typeof id === "number" ? String(id) : undefined;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
