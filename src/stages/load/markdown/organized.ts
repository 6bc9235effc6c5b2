import { sha256 } from "../../../core/base/index.ts";
import { editFrontMatter, readFrontMatter } from "../../note/front-matter/index.ts";

/** What `organize` wrote into a note's front matter, and what newer content of the note keeps. */
const KEPT_KEYS = ["genre", "topic", "normalized"] as const;

/** The new text of a note, with the genre and the topic that the note has got since it was written. */
function keepOrganized(text: string, note: string): string {
  const found = readFrontMatter(note);
  if (found.state !== "read" || found.values["normalized"] !== true) return text;
  const { values } = found;
  const kept = KEPT_KEYS.flatMap((key) => {
    const value = values[key];
    return typeof value === "string" || typeof value === "boolean" ? [[key, value] as const] : [];
  });
  return editFrontMatter(text, Object.fromEntries(kept)) ?? text;
}

/** The same, with the hash for the ledger. */
export function draftOver<D extends { readonly text: string; readonly pendingHash: string }>(
  draft: D,
  note: string,
): D {
  const text = keepOrganized(draft.text, note);
  return { ...draft, text, pendingHash: sha256(text) };
}
