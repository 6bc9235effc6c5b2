import type { ConversationFormat } from "../conversation-format.ts";
import { isFields } from "../../../stages/extract/input/index.ts";
import { emptyPathComplaint, parseChatGptConversation } from "./conversation.ts";
import { idOf } from "./identity.ts";
import { unixTimeOf } from "./time.ts";

const firstNodeOf = (mapping: unknown): string =>
  isFields(mapping) ? (Object.keys(mapping).find((id) => id !== "client-created-root") ?? "") : "";

/** An element is a ChatGPT conversation when it has a field `mapping`: the tree of its messages, by their ids. */
export const CHATGPT_FORMAT: ConversationFormat = {
  provider: "chatgpt",
  sourceName: "parse_chatgpt",
  version: 1,
  complaint: (fields, options) =>
    isFields(fields["mapping"])
      ? emptyPathComplaint(fields, options)
      : "has no messages: expected an object in `mapping`",
  identify: (fields) => {
    const createdAt = unixTimeOf(fields["create_time"]);
    return {
      id: idOf(fields),
      // The ids of its messages are random, so the first one's name is enough.
      beginning: createdAt === undefined ? undefined : { createdAt, firstMessage: firstNodeOf(fields["mapping"]) },
      updatedAt: unixTimeOf(fields["update_time"]) ?? createdAt,
    };
  },
  parse: parseChatGptConversation,
};
