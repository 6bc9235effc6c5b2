/** One command to a document that a chat writes: its beginning, a new text, or replacements in the text. */
export interface ArtifactChange {
  /** `undefined` when the command names no document: then it is for the one that was written to last. */
  readonly id: string | undefined;
  readonly title: string;
  readonly mediaType: string;
  readonly language: string;
  readonly edit: ArtifactEdit;
}

export type ArtifactEdit =
  | { readonly kind: "whole"; readonly text: string }
  | { readonly kind: "replace"; readonly oldText: string; readonly newText: string }
  | { readonly kind: "patterns"; readonly edits: readonly PatternEdit[] };

/** A replacement for what a pattern finds: a regular expression in Python's dialect, as language models write it. */
export interface PatternEdit {
  readonly pattern: string;
  readonly replacement: string;
  /** Each place, and not the first only. */
  readonly isMultiple: boolean;
}
