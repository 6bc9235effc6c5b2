import type { JsonValue } from "./json-value.ts";
import type { ItemStatus } from "./status.ts";

/** One item that goes through the steps of a phase: a conversation, a row, a file. */
export interface ProcessingItem {
  /** Unique within its phase, and the same in every run over the same source. */
  readonly itemId: string;
  /** The item that was fanned out into this one. */
  readonly parentId?: string;
  /** Where the item came from: a file, or a file and a place in it (`chats.zip#12`). */
  readonly sourcePath: string;
  /** The step the item is in, or the one it would do next. */
  readonly currentStep: string;
  readonly status: ItemStatus;
  /** Free facts about the item, for people and for reports. */
  readonly metadata: Readonly<Record<string, JsonValue>>;
  /** What the source put out. */
  readonly content?: JsonValue;
  /** What the last completed step put out. */
  readonly transformedContent?: JsonValue;
  /** The file that the load stage wrote. */
  readonly outputPath?: string;
  /** Why the item failed, was skipped, filtered or sent to review. */
  readonly error?: string;
}
