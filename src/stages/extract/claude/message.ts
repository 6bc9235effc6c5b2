import type { Message } from "../../conversation.ts";
import { type Fields, isFields, listOf, textOf, timeOf } from "../json-fields.ts";
import type { ArtifactChange } from "./artifacts.ts";
import { attachmentsOf } from "./attachments.ts";
import { readBlock } from "./block.ts";
import { takeInlineTags } from "./inline-tags.ts";
import { withoutPlaceholder } from "./placeholder.ts";

export interface ParsedMessage {
  readonly message: Message;
  readonly artifactChanges: readonly ArtifactChange[];
  /** One entry for each block that nobody knew. */
  readonly unknownTypes: readonly string[];
}

/** Reads one message: its text from the blocks of `content[]`, or from `text` where these have none. Never throws. */
export function parseMessage(fields: Fields): ParsedMessage {
  const role = ROLE_OF_SENDER.get(textOf(fields["sender"])) ?? "assistant";
  const artifactChanges: ArtifactChange[] = [];
  const unknownTypes: string[] = [];
  const parts: string[] = [];
  let hasProse = false;

  const add = (text: string): void => {
    // Only answers hold the tags; in a question they are what the person asks about.
    const untagged = role === "assistant" ? takeInlineTags(text) : { text, artifactChanges: [] };
    artifactChanges.push(...untagged.artifactChanges);
    parts.push(untagged.text.trim());
  };

  for (const block of blocksOf(fields["content"])) {
    const { kind, text, artifactChange, unknownType } = readBlock(block);
    if (artifactChange) artifactChanges.push(artifactChange);
    if (unknownType !== undefined) unknownTypes.push(unknownType);
    if (kind === "prose") add(text);
    else parts.push(text);
    hasProse ||= kind === "prose" && unknownType === undefined && text.trim() !== "";
  }
  const fallback = withoutPlaceholder(textOf(fields["text"]));
  if (!hasProse && !parts.includes(fallback.trim())) add(fallback);

  const createdAt = timeOf(fields["created_at"]);
  const text = parts.filter((part) => part !== "").join("\n\n");
  const message = { role, text, ...(createdAt !== undefined && { createdAt }), attachments: attachmentsOf(fields) };
  return { message, artifactChanges, unknownTypes };
}

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
