import type { JsonValue } from "../../core/base/index.ts";
import type { Conversation } from "../conversation.ts";
import { contentHash } from "./content-hash.ts";
import type { ParsedConversation } from "./conversation-format.ts";
import { type DriftSign, countDrift } from "./drift.ts";
import type { PathsReading, TreeWarning } from "./message-tree/index.ts";

/** What a chat says of itself, beside its messages. Times are ISO 8601 in UTC. */
export interface ChatFacts {
  readonly provider: string;
  readonly id: string;
  readonly title: string;
  readonly createdAt: string | undefined;
  readonly updatedAt: string | undefined;
  readonly url: string | undefined;
  readonly warnings: readonly TreeWarning[];
  /** Signs of drift beside those of the messages. */
  readonly drift: readonly DriftSign[];
}

/**
 * Assembles a conversation. Its metadata say `warnings` (what is wrong with the tree's links), `otherBranches` (how
 * many were left out), and `datedByMessage: 1` when the chat's own date could not be read.
 */
export function assembleConversation(facts: ChatFacts, reading: PathsReading): ParsedConversation {
  const { provider, id, title, updatedAt, url, warnings } = facts;
  const { messages, artifacts, otherBranches } = reading;
  const drift = countDrift([...facts.drift, ...reading.drift]);
  const createdAt = facts.createdAt ?? messages.find((message) => message.createdAt !== undefined)?.createdAt;
  const hashed = {
    provider,
    id,
    title,
    ...(createdAt !== undefined && { createdAt }),
    messages,
    artifacts,
    unknownBlocks: drift.contentTypes,
  };
  const conversation: Conversation = {
    ...hashed,
    ...(updatedAt !== undefined && { updatedAt }),
    ...(url !== undefined && { url }),
    contentHash: contentHash(hashed),
  };
  const metadata: Readonly<Record<string, JsonValue>> = {
    ...(warnings.length > 0 && { warnings }),
    ...(otherBranches > 0 && { otherBranches }),
    ...(facts.createdAt === undefined && createdAt !== undefined && { datedByMessage: 1 }),
  };
  return { conversation, drift, ...(Object.keys(metadata).length > 0 && { metadata }) };
}
