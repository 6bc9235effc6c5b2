import type { ArtifactChange, ArtifactEdit } from "../artifacts/index.ts";
import { type Fields, textOf } from "../../../stages/extract/input/index.ts";

/** Tools that write the files of a chat's workspace. */
const FILE_TOOLS: ReadonlySet<string> = new Set(["create_file", "str_replace"]);

/** The tools that write documents: `artifacts`, `create_artifact` in older exports, and those that write files. */
export const isArtifactTool = (toolName: string): boolean => /artifact/i.test(toolName) || FILE_TOOLS.has(toolName);

/** What one call of such a tool did, or `undefined` when its input says nothing of a text. */
export function artifactChange(input: Fields): ArtifactChange | undefined {
  const edit = editOf(input);
  if (!edit) return undefined;
  const path = textOf(input["path"]).trim();
  const title = textOf(input["title"]).trim() || (path.split("/").at(-1) ?? "");
  const named = textOf(input["id"]) || path || title;
  return {
    // A change that names no document is for the one that was written to last.
    id: named || (edit.kind === "whole" ? "artifact" : undefined),
    title,
    mediaType: textOf(input["type"]),
    language: textOf(input["language"]),
    edit,
  };
}

/** The fields decide and not the `command`, which is missing at times: `content` is a whole text, `new_str` a part of one. */
function editOf({ content, file_text: file, old_str: oldText, new_str: newText }: Fields): ArtifactEdit | undefined {
  if (typeof newText === "string") return { kind: "replace", oldText: textOf(oldText), newText: textOf(newText) };
  const text = content ?? file;
  return typeof text === "string" ? { kind: "whole", text: textOf(text) } : undefined;
}
