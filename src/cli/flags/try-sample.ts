import { renderNote, type Note } from "../../stages/note/index.ts";
import { contentText, type OutputText, type SampleOptions } from "../../run/try/index.ts";
import type { JsonValue } from "../../core/base/index.ts";
import type { StoredImport } from "./stored-options.ts";

/** What a session of `holdfast try` does its items with: of an import, the outputs are the notes that it would write. */
export function trySample(
  items: readonly string[],
  sessionFolder: () => string,
  importing?: StoredImport,
): SampleOptions {
  return { items, sessionFolder, ...(importing && { outputText: noteText }) };
}

const noteText: OutputText = (content, { itemId, sessionId: session, reviewReason }) => {
  if (!isNote(content)) return contentText(content);
  const { sourceId = itemId, contentHash } = content;
  const text = renderNote(content, {
    sourceId,
    session,
    ...(contentHash !== undefined && { contentHash }),
    ...(reviewReason !== undefined && { reviewReason }),
  });
  return { text, ending: ".md" };
};

const isNote = (content: JsonValue): content is Note & JsonValue =>
  typeof content === "object" && content !== null && "title" in content && "body" in content;
