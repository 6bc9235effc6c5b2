import type { Source } from "../../../core/pipeline/index.ts";
import type { Conversation } from "../../conversation.ts";
import type { ParseOptions } from "../conversation-format.ts";
import { conversationSource } from "../conversation-source.ts";
import { CHATGPT_FORMAT } from "./format.ts";

/**
 * The conversations of a ChatGPT export: the zip that was sent, a folder with it or with its files, one
 * `conversations.json` or its numbered parts, or a single conversation as the web page loads it. A conversation's item
 * id is `chatgpt:<id>`; one without an id has its place in the file in its stead (`chatgpt:conversations.json#7`).
 *
 * @example
 * ```ts
 * import { readChatGptExport } from "holdfast/chats";
 *
 * const chats = readChatGptExport("examples/chatgpt-export", { branches: "all" });
 * for await (const record of chats.read({ signal: new AbortController().signal })) {
 *   if (record.kind === "item") console.log(record.content.messages.length, record.content.title);
 * }
 * // prints: 8 Hive weights from a CSV file
 * // prints: 6 Winter plan for the allotment
 * // prints: 6 味噌汁の出汁の取り方
 * // prints: 6 Why the glaze crawled
 * ```
 */
export function readChatGptExport(path: string, options: ParseOptions = {}): Source<Conversation> {
  return conversationSource(path, CHATGPT_FORMAT, options);
}
