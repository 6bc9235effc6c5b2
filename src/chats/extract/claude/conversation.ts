import { assembleConversation } from "../assemble-conversation.ts";
import { Branches, type ParseOptions, type ParsedConversation } from "../conversation-format.ts";
import type { DriftSign } from "../drift.ts";
import { type Fields, isFields, listOf, textOf, timeOf } from "../../../stages/extract/input/index.ts";
import { readPaths } from "../message-tree/index.ts";
import { wrongFields } from "../wrong-fields.ts";
import { parseMessage } from "./message.ts";
import { messagePaths } from "./message-paths.ts";

/** The conversation's uuid, when it has one. */
export const idOf = (fields: Fields): string | undefined => textOf(fields["uuid"]).trim() || undefined;

/** Reads one element of `conversations.json`. Never throws: a field of a wrong type counts as missing. */
export function parseClaudeConversation(
  fields: Fields,
  id: string,
  { branches = Branches.current }: ParseOptions = {},
): ParsedConversation {
  const elements = listOf(fields["chat_messages"]);
  const paths = messagePaths(elements.filter(isFields), textOf(fields["current_leaf_message_uuid"]));
  const reading = readPaths(paths, branches, (node) => parseMessage(node.fields));
  const facts = {
    provider: "claude",
    id,
    title: textOf(fields["name"]).trim(),
    createdAt: timeOf(fields["created_at"]),
    updatedAt: timeOf(fields["updated_at"]),
    url: UUID.test(id) ? `https://claude.ai/chat/${id}` : undefined,
    warnings: paths.warnings,
    drift: [...elements.flatMap(notMessages), ...wrongFields("conversation", fields, FIELD_TYPES)],
  };
  return assembleConversation(facts, reading);
}

const notMessages = (element: unknown): readonly DriftSign[] =>
  isFields(element) ? [] : [{ kind: "contentType", name: "(not a message)" }];

const FIELD_TYPES = {
  uuid: ["string"],
  name: ["string"],
  created_at: ["string"],
  updated_at: ["string"],
  current_leaf_message_uuid: ["string"],
} as const;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
