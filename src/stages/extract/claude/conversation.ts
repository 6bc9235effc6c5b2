import type { Conversation, Message } from "../../conversation.ts";
import { contentHash } from "../content-hash.ts";
import type { ParsedConversation } from "../conversation-source.ts";
import { type Fields, isFields, listOf, textOf, timeOf } from "../json-fields.ts";
import { type ArtifactChange, replayArtifacts } from "./artifacts.ts";
import { currentBranch } from "./branch.ts";
import { parseMessage } from "./message.ts";

/** The conversation's uuid, when it has one. */
export const idOf = (fields: Fields): string | undefined => textOf(fields["uuid"]).trim() || undefined;

/**
 * Reads one element of `conversations.json`. Never throws: a field of a wrong type counts as missing. The metadata say
 * how many branches were left out, and `datedByMessage: 1` when the chat's own date could not be read.
 */
export function parseClaudeConversation(fields: Fields, id: string): ParsedConversation {
  const elements = listOf(fields["chat_messages"]);
  const branch = currentBranch(elements.filter(isFields), textOf(fields["current_leaf_message_uuid"]));
  const unknown = new Map<string, number>();
  const count = (type: string): unknown => unknown.set(type, (unknown.get(type) ?? 0) + 1);
  elements.filter((element) => !isFields(element)).forEach(() => count(NOT_A_MESSAGE));

  const messages: Message[] = [];
  const changes: ArtifactChange[] = [];
  for (const fields of branch.messages) {
    const { message, artifactChanges, unknownTypes } = parseMessage(fields);
    changes.push(...artifactChanges);
    unknownTypes.forEach(count);
    // A message can be nothing but thoughts, or an answer that was stopped before its first word.
    if (message.text !== "" || message.attachments.length > 0) messages.push(message);
  }

  const ownDate = timeOf(fields["created_at"]);
  const createdAt = ownDate ?? messages.find((message) => message.createdAt !== undefined)?.createdAt;
  const updatedAt = timeOf(fields["updated_at"]);
  const hashed = {
    provider: "claude",
    id,
    title: textOf(fields["name"]).trim(),
    ...(createdAt !== undefined && { createdAt }),
    messages,
    artifacts: replayArtifacts(changes),
    unknownBlocks: Object.fromEntries(unknown),
  };
  const conversation: Conversation = {
    ...hashed,
    ...(updatedAt !== undefined && { updatedAt }),
    ...(UUID.test(id) && { url: `https://claude.ai/chat/${id}` }),
    contentHash: contentHash(hashed),
  };
  const metadata = {
    ...(branch.otherLeaves > 0 && { otherBranches: branch.otherLeaves }),
    ...(ownDate === undefined && createdAt !== undefined && { datedByMessage: 1 }),
  };
  return Object.keys(metadata).length > 0 ? { conversation, metadata } : { conversation };
}

const NOT_A_MESSAGE = "(not a message)";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
