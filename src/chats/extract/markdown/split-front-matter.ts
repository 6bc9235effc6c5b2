import { parseDocument } from "yaml";
import { splitNote } from "../../../stages/note/front-matter/index.ts";
import { type Fields, isFields } from "../../../stages/extract/input/index.ts";

/** A Markdown file in its two parts. */
export type SplitDocument =
  | {
      readonly ok: true;
      /** `undefined` when the file has none; empty when there is nothing in it. */
      readonly fields: Fields | undefined;
      readonly body: string;
    }
  | { readonly ok: false; /** Reads on after the file's name. */ readonly reason: string };

/** Takes the front matter off a Markdown file. A first line `---` without a second one is a line across the page. */
export function splitFrontMatter(text: string): SplitDocument {
  const { state, yaml, body } = splitNote(text, { dotsClose: true });
  if (state !== "whole") return { ok: true, fields: undefined, body: text.replace(/^\uFEFF/, "") };
  // As Jekyll does: of two fields with one name the last counts.
  const parsed = parseDocument(yaml.replaceAll("\r\n", "\n"), { uniqueKeys: false, logLevel: "silent" });
  const [error] = parsed.errors;
  if (error) return { ok: false, reason: `has front matter that is not YAML: ${error.message.split("\n")[0] ?? ""}` };
  const fields = valueOf(parsed);
  if (fields !== null && !isFields(fields)) return { ok: false, reason: "has front matter without fields" };
  return { ok: true, fields: fields ?? {}, body: body.replace(/^(?:[ \t]*\r?\n)+/, "") };
}

/** `undefined` when it refers to itself without end. */
function valueOf(parsed: ReturnType<typeof parseDocument>): unknown {
  try {
    return parsed.toJS();
  } catch {
    return undefined;
  }
}
