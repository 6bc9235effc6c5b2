import { type Fields, textOf } from "../json-fields.ts";
import type { ArtifactChange, ArtifactEdit } from "../artifacts/index.ts";

/** The tool that writes documents: `artifacts`, and `create_artifact` in older exports. */
export const isArtifactTool = (toolName: string): boolean => /artifact/i.test(toolName);

/** What one call of that tool did, or `undefined` when its input says nothing of a text. */
export function artifactChange(input: Fields): ArtifactChange | undefined {
  const edit = editOf(input);
  if (!edit) return undefined;
  const title = textOf(input["title"]).trim();
  return {
    id: textOf(input["id"]) || title || "artifact",
    title,
    mediaType: textOf(input["type"]),
    language: textOf(input["language"]),
    edit,
  };
}

/** The fields decide and not the `command`, which is missing at times: `content` is a whole text, `new_str` a part of one. */
function editOf({ content, old_str: oldText, new_str: newText }: Fields): ArtifactEdit | undefined {
  if (typeof newText === "string") return { kind: "replace", oldText: textOf(oldText), newText: textOf(newText) };
  if (typeof content === "string") return { kind: "whole", text: textOf(content) };
  return undefined;
}
