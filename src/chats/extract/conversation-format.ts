import type { JsonValue } from "../../core/base/index.ts";
import type { Conversation } from "../conversation.ts";
import type { Drift } from "./drift.ts";
import type { Fields } from "../../stages/extract/input/index.ts";
import type { Provider } from "./provider.ts";

/** Which of a chat's branches are read: the one that a person sees when opening it, or the edited and repeated ones too. */
export const Branches = { current: "current", all: "all" } as const;
/** Which branches of a chat are read: a value of {@link Branches}. */
export type Branches = (typeof Branches)[keyof typeof Branches];

/** How the chats of an export are read. */
export interface ParseOptions {
  /** @default "current" */
  readonly branches?: Branches;
}

/** What identifies a conversation, and finds older copies of it. */
export interface ConversationIdentity {
  /** The service's own. */
  readonly id?: string | undefined;
  /** When it was begun and how, for one without an id: a chat that grows keeps both. */
  readonly beginning?: { readonly createdAt: string; readonly firstMessage: JsonValue } | undefined;
  /** ISO 8601 in UTC. */
  readonly updatedAt?: string | undefined;
}

/** What differs between the services' exports. */
export interface ConversationFormat {
  readonly provider: Provider;
  /** Name of the source that reads this format alone, as in `parse_claude`. */
  readonly sourceName: string;
  readonly version: number;
  /** Why the element is no conversation that can be read, as in "has no messages"; `undefined` when it is one. */
  readonly complaint: (fields: Fields, options?: ParseOptions) => string | undefined;
  readonly identify: (fields: Fields) => ConversationIdentity;
  /** Never throws: a field of a wrong type counts as missing. */
  readonly parse: (fields: Fields, id: string, options?: ParseOptions) => ParsedConversation;
}

export interface ParsedConversation {
  readonly conversation: Conversation;
  readonly metadata?: Readonly<Record<string, JsonValue>>;
  /**
   * What is unknown in it, for the report at the end of a run. Its `contentTypes` are the conversation's
   * `unknownBlocks`.
   */
  readonly drift?: Drift;
}
