import type { ArtifactChange, PatternEdit } from "../artifacts/index.ts";
import { type Fields, isFields, listOf, textOf, inOneLine } from "../../../stages/extract/input/index.ts";
import type { MessageFacts } from "./message-facts.ts";
import { joined } from "./parts.ts";

export interface CanvasReading {
  /** The text in the chat where the document was written. */
  readonly text: string;
  readonly change?: ArtifactChange;
}

const SHOWN_COMMENT_CHARACTERS = 240;

/**
 * A call to Canvas: `create_textdoc`, `update_textdoc` or `comment_textdoc`, its arguments as JSON. A call that cannot
 * be read, since the answer was cut off in it, stays as the text it is: it holds what was written so far.
 */
export function readCanvas(
  { content }: MessageFacts,
  documentId: string | undefined,
  messageId: string,
): CanvasReading {
  const json = joined([...listOf(content["parts"]).map(textOf), textOf(content["text"])]);
  const call = parsed(json);
  if (!call) return { text: json };
  const named = documentId ?? (textOf(call["textdoc_id"]) || undefined);
  if (typeof call["content"] === "string") return created(call, named ?? messageId);
  if (Array.isArray(call["updates"])) return updated(call["updates"], named);
  const comments = listOf(call["comments"]).map((comment) => (isFields(comment) ? textOf(comment["comment"]) : ""));
  const said = comments.filter((comment) => comment !== "").join("; ");
  return { text: said === "" ? "" : `[comments on the document: ${inOneLine(said, SHOWN_COMMENT_CHARACTERS)}]` };
}

function created(call: Fields, id: string): CanvasReading {
  const title = textOf(call["name"]).trim();
  const [kind = "", language = ""] = textOf(call["type"]).split("/");
  const text = textOf(call["content"]);
  return {
    text: `[document: ${title || "untitled"}]`,
    change: {
      id,
      title: title || "untitled",
      mediaType: kind === "document" ? "text/markdown" : "",
      language: kind === "code" ? language : "",
      edit: { kind: "whole", text },
    },
  };
}

function updated(updates: readonly unknown[], id: string | undefined): CanvasReading {
  const edits = updates.filter(isFields).map(({ pattern, replacement, multiple }): PatternEdit => ({
    pattern: textOf(pattern),
    replacement: textOf(replacement),
    isMultiple: multiple === true,
  }));
  return {
    text: "[document updated]",
    change: { id, title: "", mediaType: "", language: "", edit: { kind: "patterns", edits } },
  };
}

function parsed(json: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
