import type { Artifact } from "../../conversation.ts";

/** One command to a document that a chat writes: its beginning, a new text, or a replacement in the text. */
export interface ArtifactChange {
  readonly id: string;
  readonly title: string;
  readonly mediaType: string;
  readonly language: string;
  readonly edit: ArtifactEdit;
}

export type ArtifactEdit =
  | { readonly kind: "whole"; readonly text: string }
  | { readonly kind: "replace"; readonly oldText: string; readonly newText: string };

/**
 * Each document in its last version, in the order in which they were begun. A replacement whose old text is not there
 * leaves the document as it is; one for a document that was begun elsewhere keeps the new text, which is all there is.
 */
export function replayArtifacts(changes: readonly ArtifactChange[]): readonly Artifact[] {
  const documents = new Map<string, ArtifactChange & { readonly text: string }>();
  for (const change of changes) {
    const before = documents.get(change.id);
    documents.set(change.id, {
      id: change.id,
      title: change.title || before?.title || "",
      mediaType: change.mediaType || before?.mediaType || "",
      language: change.language || before?.language || "",
      edit: change.edit,
      text: edited(before?.text, change.edit),
    });
  }
  return Array.from(documents.values(), ({ id, title, mediaType, language, text }) => ({
    id,
    title: title || id,
    ...(mediaType && { mediaType }),
    ...(language && { language }),
    text,
  }));
}

function edited(before: string | undefined, edit: ArtifactEdit): string {
  if (edit.kind === "whole") return edit.text;
  if (before === undefined) return edit.newText;
  // An empty text is found in front of every other one: that would be a guess at what was meant.
  return edit.oldText === "" ? before : before.replace(edit.oldText, () => edit.newText);
}
