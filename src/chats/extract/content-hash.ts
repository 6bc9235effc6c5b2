import { sha256 } from "../../core/base/index.ts";
import type { Conversation } from "../conversation.ts";

/** The fields that make a note. The time when a chat was last opened is not among them: it changes without the chat. */
export type HashedFields = Omit<Conversation, "contentHash" | "updatedAt" | "url">;

/** sha256 in hex over the fields as JSON with sorted keys, so that their order does not matter. */
export function contentHash({
  provider,
  id,
  title,
  createdAt,
  messages,
  artifacts,
  document,
  unknownBlocks,
}: HashedFields): string {
  const fields = { provider, id, title, createdAt, messages, artifacts, document, unknownBlocks };
  return sha256(JSON.stringify(fields, sortedKeys));
}

const sortedKeys = (_key: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
