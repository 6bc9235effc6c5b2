import { type FoundJson, wholeJsonAt } from "../../../text/index.ts";
import { escapeStrings } from "./escape-strings.ts";
import { repairJson } from "./repair-json.ts";
import { sectionOf, type SectionName } from "./section-names.ts";

/** The fields of a note in an answer that is JSON; tags may be a list or a text. */
export type JsonFields = { readonly [name in SectionName]?: string };

/** A text with more opening brackets than this before the note is no JSON answer. */
const MAX_TRIES = 16;

/**
 * Reads the first complete JSON object of a text that has the fields of a note. Line breaks, backslashes and quotes inside
 * its strings that should have been escaped are forgiven; what else is wrong with it is repaired where the text ends with
 * it. Quotes come first: the library that repairs gives up on them where a comma follows.
 */
export function readJson(text: string): JsonFields | undefined {
  return firstNote(text, wholeJsonAt) ?? firstNote(text, escapeStrings) ?? noteIn(repairJson(text));
}

const noteIn = (json: string | undefined): JsonFields | undefined => (json === undefined ? undefined : fieldsOf(json));

/** Finds the object that opens at `start`; `undefined` when there is none. */
type FindObject = (text: string, start: number) => FoundJson | undefined;

function firstNote(text: string, find: FindObject): JsonFields | undefined {
  let start = text.indexOf("{");
  for (let tries = 0; start >= 0 && tries < MAX_TRIES; tries++) {
    const object = find(text, start);
    const fields = object === undefined ? undefined : fieldsOf(object.json);
    if (fields !== undefined) return fields;
    start = text.indexOf("{", object === undefined ? start + 1 : start + object.length);
  }
  return undefined;
}

function fieldsOf(json: string): JsonFields | undefined {
  const value = parsed(json);
  if (typeof value !== "object" || value === null) return undefined;
  const fields: { [name in SectionName]?: string } = {};
  for (const [key, field] of Object.entries(value)) {
    const name = sectionOf(key)?.name;
    if (name === undefined || fields[name] !== undefined) continue;
    if (typeof field === "string") fields[name] = field.trim();
    else if (Array.isArray(field)) {
      const lines = field.filter((line) => typeof line === "string");
      fields[name] = lines.join(name === "tags" ? "\n" : "\n\n").trim();
    }
  }
  return fields.summary === undefined && fields.content === undefined ? undefined : fields;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
