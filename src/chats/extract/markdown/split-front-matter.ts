import { parseDocument } from "yaml";
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

/** From `---` in the first line to the next `---` or `...`. */
const FRONT_MATTER = /^---[ \t]*\r?\n((?:[\s\S]*?\n)??)(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/;

/** Takes the front matter off a Markdown file. A first line `---` without a second one is a line across the page. */
export function splitFrontMatter(text: string): SplitDocument {
  const whole = text.replace(/^\uFEFF/, "");
  const found = FRONT_MATTER.exec(whole);
  if (!found) return { ok: true, fields: undefined, body: whole };
  // As Jekyll does: of two fields with one name the last counts.
  const parsed = parseDocument((found[1] ?? "").replaceAll("\r\n", "\n"), { uniqueKeys: false, logLevel: "silent" });
  const [error] = parsed.errors;
  if (error) return { ok: false, reason: `has front matter that is not YAML: ${error.message.split("\n")[0] ?? ""}` };
  const fields = valueOf(parsed);
  if (fields !== null && !isFields(fields)) return { ok: false, reason: "has front matter without fields" };
  return { ok: true, fields: fields ?? {}, body: whole.slice(found[0].length).replace(/^(?:[ \t]*\r?\n)+/, "") };
}

/** `undefined` when it refers to itself without end. */
function valueOf(parsed: ReturnType<typeof parseDocument>): unknown {
  try {
    return parsed.toJS();
  } catch {
    return undefined;
  }
}
