import { contentHash } from "../content-hash.ts";
import type { ParsedConversation } from "../conversation-format.ts";
import { type Fields, textOf } from "../json-fields.ts";

export function parseChatGptConversation(fields: Fields, id: string): ParsedConversation {
  const hashed = {
    provider: "chatgpt",
    id,
    title: textOf(fields["title"]).trim(),
    messages: [],
    artifacts: [],
    unknownBlocks: {},
  };
  return { conversation: { ...hashed, contentHash: contentHash(hashed) } };
}
