import type { Source } from "../../../core/pipeline/index.ts";
import type { Conversation } from "../../conversation.ts";
import type { ConversationFormat, ParseOptions } from "../conversation-format.ts";
import { conversationSource } from "../conversation-source.ts";
import { isFields, listOf, textOf, timeOf } from "../../../stages/extract/input/index.ts";
import { idOf, parseClaudeConversation } from "./conversation.ts";

/**
 * The conversations of a Claude export: the zip that was sent, a folder with it or with its files, one
 * `conversations.json`, or a single conversation as the web page loads it. A conversation's item id is `claude:<uuid>`;
 * one without a uuid is known by its time and first message, or else by its place in the file
 * (`claude:conversations.json#7`). Elements that are not conversations become failed items; of several copies of one
 * conversation the newest counts and the others are skipped.
 *
 * @example
 * ```ts
 * import { readClaudeExport } from "holdfast/chats";
 *
 * const chats = readClaudeExport("examples/claude-export");
 * let count = 0;
 * for await (const { kind } of chats.read({ signal: new AbortController().signal })) {
 *   if (kind === "item") count += 1;
 * }
 * console.log(`${count} conversations`);
 * // prints: 17 conversations
 * ```
 */
export function readClaudeExport(path: string, options: ParseOptions = {}): Source<Conversation> {
  return conversationSource(path, CLAUDE_FORMAT, options);
}

/** An element is a Claude conversation when it has a field `chat_messages`. */
export const CLAUDE_FORMAT: ConversationFormat = {
  provider: "claude",
  sourceName: "parse_claude",
  version: 1,
  complaint: ({ chat_messages }) =>
    Array.isArray(chat_messages) ? undefined : "has no messages: expected an array in `chat_messages`",
  identify: (fields) => {
    const createdAt = timeOf(fields["created_at"]);
    const [first] = listOf(fields["chat_messages"]);
    return {
      id: idOf(fields),
      beginning:
        createdAt !== undefined && isFields(first) ? { createdAt, firstMessage: textOf(first["text"]) } : undefined,
      updatedAt: timeOf(fields["updated_at"]) ?? createdAt,
    };
  },
  parse: parseClaudeConversation,
};
