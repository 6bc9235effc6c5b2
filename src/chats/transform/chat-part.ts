import type { Conversation } from "../conversation.ts";
import type { Turn } from "./transcript/index.ts";

/** What one call of a model reads: a whole conversation, or one part of several. */
export type ChatPart = {
  /** On a part that is all of it, and on the first of several: the note is made from it in the end. */
  readonly conversation?: Conversation;
  /** Only on a part of several. */
  readonly excerpt?: Excerpt;
};

/** One part of a conversation, with markers in place of code and tables. */
export type Excerpt = {
  /** From 1. A part that was cut again keeps its number in all its pieces. */
  readonly number: number;
  readonly of: number;
  /** How often the conversation was cut to come to this part: 1, or 2 for a piece of a part. */
  readonly cuts: number;
  /** What is known of the whole conversation, a line each. */
  readonly facts: string;
  readonly turns: readonly Turn[];
};

/** What a model made of one part. Markers stand in its content as the model left them. */
export type PartNote = {
  /** Absent when the model gave none. */
  readonly title?: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly content: string;
};

/** The engine that quotes the chat itself: it has seen the code and takes what it needs. */
export const QUOTING_ENGINE = "extractive";

/** The notes on one part, or on several that were put together, in the order of the conversation. */
export type NotedPart = {
  readonly conversation?: Conversation;
  readonly notes: readonly PartNote[];
  /** Id of the model that wrote them; several ids with commas between them, where several did. */
  readonly writtenBy: string;
};
