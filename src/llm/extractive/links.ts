import { withoutLast } from "../../text/index.ts";
import type { Voice } from "./voices.ts";

export interface Link {
  readonly url: string;
  /** Absent for a bare address. */
  readonly label: string | undefined;
}

const LINK =
  /(?<!!)\[(?<label>[^[\]\n]{1,200})\]\((?<target>https?:\/\/[^\s()<>]{1,2000}(?:\([^\s()<>]{0,200}\)[^\s()<>]{0,2000})?)\)|(?<bare>https?:\/\/[^\s<>"'`\\|{}「」『』（）【】、。，]{3,2000})/gu;
/** Addresses that lead nowhere for a reader of the note. */
const NOWHERE =
  /^https?:\/\/(?:localhost|127\.|0\.0\.0\.0|192\.168\.|10\.|\[::1\]|(?:[\w-]+\.)?example\.(?:com|org|net)\b|your-|<)/i;

/** The links of the chat outside its code, each once, with the first label it had. */
export function findLinks(voices: readonly Voice[]): readonly Link[] {
  const found = new Map<string, Link>();
  for (const { kind, text } of voices.flatMap(({ blocks }) => blocks)) {
    if (kind === "code" || kind === "raw") continue;
    for (const { groups = {} } of text.matchAll(LINK)) {
      const url = groups["target"] ?? withoutPunctuation(groups["bare"] ?? "");
      if (NOWHERE.test(url) || !URL.canParse(url)) continue;
      const label = groups["label"]?.replace(/[*`]/g, "").trim();
      const known = found.get(url);
      found.set(url, { url, label: known?.label ?? (label === url || label === "" ? undefined : label) });
    }
  }
  return [...found.values()];
}

/** What follows an address in a sentence is not part of it; a closing bracket is, when it was opened in it. */
function withoutPunctuation(url: string): string {
  let bare = withoutLast(url, PUNCTUATION);
  let open = count(bare, "(") - count(bare, ")");
  while (open < 0 && bare.endsWith(")")) {
    bare = withoutLast(bare.slice(0, -1), PUNCTUATION);
    open += 1;
  }
  return bare;
}

const PUNCTUATION = /[.,;:!?*_~\]]/;

const count = (text: string, mark: string): number => text.split(mark).length - 1;
