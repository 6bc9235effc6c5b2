import type { Message } from "../../conversation.ts";
import type { ArtifactChange } from "../artifacts/index.ts";
import { type DriftSign, driftName } from "../drift.ts";
import { type Fields, isFields, listOf, textOf, timeOf } from "../../../stages/extract/input/index.ts";
import type { NodeReading } from "../message-tree/index.ts";
import type { LinkedPage } from "../sources-list.ts";
import { wrongFields } from "../wrong-fields.ts";
import { attachmentsOf } from "./attachments.ts";
import { readBlock } from "./block.ts";
import { takeInlineTags } from "./inline-tags.ts";
import { withoutPlaceholder } from "./placeholder.ts";

/**
 * Reads one message: its text from the blocks of `content[]`, or from `text` where these have none. Never throws. There
 * is none to show when it was nothing but thoughts, or an answer that was stopped before its first word.
 */
export function parseMessage(fields: Fields): NodeReading {
  const knownRole = ROLE_OF_SENDER.get(textOf(fields["sender"]));
  const role = knownRole ?? "assistant";
  const artifactChanges: ArtifactChange[] = [];
  const drift: DriftSign[] = [...wrongFields("message", fields, FIELD_TYPES)];
  if (!knownRole) drift.push({ kind: "role", name: driftName(fields["sender"]) });
  const parts: string[] = [];
  const pages: LinkedPage[] = [];
  let hasProse = false;

  const add = (text: string): void => {
    // Only answers hold the tags; in a question they are what the person asks about.
    const untagged = role === "assistant" ? takeInlineTags(text) : { text, artifactChanges: [] };
    artifactChanges.push(...untagged.artifactChanges);
    parts.push(untagged.text.trim());
  };

  for (const block of blocksOf(fields["content"])) {
    const { kind, text, artifactChange, unknownType, citedPages = [] } = readBlock(block);
    if (artifactChange) artifactChanges.push(artifactChange);
    if (unknownType !== undefined) drift.push({ kind: "contentType", name: unknownType });
    pages.push(...citedPages);
    if (kind === "prose") add(text);
    else parts.push(text);
    hasProse ||= kind === "prose" && unknownType === undefined && text.trim() !== "";
  }
  const fallback = withoutPlaceholder(textOf(fields["text"]));
  if (!hasProse && !parts.includes(fallback.trim())) add(fallback);

  const createdAt = timeOf(fields["created_at"]);
  const text = parts.filter((part) => part !== "").join("\n\n");
  const attachments = attachmentsOf(fields);
  const isShown = text !== "" || attachments.length > 0;
  const message = isShown ? { role, text, ...(createdAt !== undefined && { createdAt }), attachments } : undefined;
  return { message, pages, artifactChanges, drift };
}

const FIELD_TYPES = {
  uuid: ["string"],
  text: ["string"],
  content: ["array", "object", "string"],
  created_at: ["string"],
  attachments: ["array"],
  files: ["array"],
  parent_message_uuid: ["string"],
} as const;

const ROLE_OF_SENDER: ReadonlyMap<string, Message["role"]> = new Map([
  ["human", "user"],
  ["user", "user"],
  ["assistant", "assistant"],
  ["system", "system"],
  ["tool", "tool"],
]);

/** Normally an array; a lone block or a text is taken for one. */
const blocksOf = (content: unknown): readonly unknown[] =>
  isFields(content) || typeof content === "string" ? [content] : listOf(content);
