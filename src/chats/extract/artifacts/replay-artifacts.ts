import type { Artifact } from "../../conversation.ts";
import type { ArtifactChange, ArtifactEdit } from "./artifact-change.ts";
import { applyPattern } from "./apply-pattern.ts";

/**
 * Each document in its last version, in the order in which they were begun. A replacement whose old text is not there
 * leaves the document as it is; one for a document that was begun elsewhere keeps the new text, which is all there is.
 * Patterns for an unknown document apply to the one that was written to last.
 */
export function replayArtifacts(changes: readonly ArtifactChange[]): readonly Artifact[] {
  const documents = new Map<string, Artifact & { readonly mediaType: string; readonly language: string }>();
  let last: string | undefined;
  for (const { id: named, title, mediaType, language, edit } of changes) {
    const isLost = named === undefined || (edit.kind === "patterns" && !documents.has(named));
    const id = (isLost ? last : named) ?? named ?? "document";
    const before = documents.get(id);
    documents.set(id, {
      id,
      title: title || before?.title || "",
      mediaType: mediaType || before?.mediaType || "",
      language: language || before?.language || "",
      text: edited(before?.text, edit),
    });
    last = id;
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
  switch (edit.kind) {
    case "whole":
      return edit.text;
    case "replace":
      if (before === undefined) return edit.newText;
      // An empty text is found in front of every other one: that would be a guess at what was meant.
      return edit.oldText === "" ? before : before.replace(edit.oldText, () => edit.newText);
    case "patterns":
      if (before === undefined) return edit.edits.map(({ replacement }) => replacement).join("\n\n");
      return edit.edits.reduce(applyPattern, before);
  }
}
