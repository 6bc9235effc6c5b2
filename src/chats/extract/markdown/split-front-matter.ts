import { parseYaml, type ParsedYaml, splitNote } from "../../../stages/note/front-matter/index.ts";
import { type Fields, isFields } from "../../../stages/extract/input/index.ts";

/** A Markdown file in its two parts. */
export type SplitDocument =
  | {
      readonly ok: true;
      /** `undefined` when the file has none; empty when there is nothing in it. */
      readonly fields: Fields | undefined;
      readonly body: string;
    }
  | { readonly ok: false; /** Continues a sentence after the file's name. */ readonly reason: string };

/** Splits a Markdown file into front matter and body. A first line `---` without a second one is a line across the page. */
export function splitFrontMatter(text: string): SplitDocument {
  const { state, yaml, body } = splitNote(text, { dotsClose: true });
  if (state !== "whole") return { ok: true, fields: undefined, body: text.replace(/^\uFEFF/, "") };
  // As Jekyll does: of two fields with one name the last counts.
  const { document, fault } = parseYaml(yaml.replaceAll("\r\n", "\n"), { repeatsKeys: true });
  if (fault) return { ok: false, reason: `has front matter that is not YAML: ${fault.words}, line ${fault.line + 1}` };
  const fields = valueOf(document);
  if (fields !== null && !isFields(fields)) return { ok: false, reason: "has front matter without fields" };
  return { ok: true, fields: fields ?? {}, body: body.replace(/^(?:[ \t]*\r?\n)+/, "") };
}

/** `undefined` when it refers to itself without end. */
function valueOf(document: ParsedYaml["document"]): unknown {
  try {
    return document.toJS();
  } catch {
    return undefined;
  }
}
