import type { FailureKind } from "./failure.ts";
import type { JsonValue } from "./models.ts";
import type { ItemStatus, StageType } from "./status.ts";

/** An item as a source put it out, or one that ended before its first step. */
export interface NewItem {
  readonly phase: string;
  readonly itemId: string;
  readonly sourcePath: string;
  readonly metadata: Readonly<Record<string, JsonValue>>;
  readonly content: JsonValue | undefined;
  readonly status: ItemStatus;
  readonly reason?: string;
  readonly failure?: FailureRecord;
}

/** An item that still has steps to do: `content` is what its next step gets. */
export interface PendingItem {
  readonly phase: string;
  readonly itemId: string;
  readonly sourcePath: string;
  readonly content: JsonValue;
  /** Index of the next step among the phase's steps, the sink last. */
  readonly nextStep: number;
  /** Raised by every `retry` of the item; part of its idempotency keys. */
  readonly generation: number;
  readonly reviewReason: string | undefined;
}

/** Why an item failed. */
export interface FailureRecord {
  readonly step: string;
  readonly kind: FailureKind;
  readonly message: string;
  /** Folder with the input, the request, the raw answer and the chain of causes. */
  readonly folder?: string;
}

/** What a step did to an item, and what became of the item by it. Committed as one. */
export interface StepRecord {
  readonly phase: string;
  readonly itemId: string;
  readonly stepIndex: number;
  readonly step: string;
  readonly stage: StageType;
  readonly succeeded: boolean;
  /** What the next step gets; `undefined` when the step failed or the item ended without content. */
  readonly output: JsonValue | undefined;
  readonly durationMs: number;
  readonly attempts: number;
  readonly item: {
    readonly status: ItemStatus;
    readonly reason?: string | undefined;
    readonly reviewReason?: string | undefined;
    readonly outputPath?: string | undefined;
    readonly failure?: FailureRecord | undefined;
  };
}

/** How many items of a phase there are, by status. */
export type ItemCounts = Readonly<Record<ItemStatus, number>>;

/** What a step has done so far, over all items. */
export interface StepTotals {
  readonly step: string;
  readonly stage: StageType;
  readonly processed: number;
  readonly failed: number;
  readonly attempts: number;
  readonly durationMs: number;
}

/** An item that ended in another way than `completed`, for reports. */
export interface EndedItem {
  readonly phase: string;
  readonly itemId: string;
  readonly sourcePath: string;
  readonly status: ItemStatus;
  readonly reason: string | undefined;
  readonly outputPath: string | undefined;
  readonly failure: FailureRecord | undefined;
}

export interface EndedQuery {
  readonly phase?: string;
  readonly statuses: readonly ItemStatus[];
  /** @default 1000 */
  readonly limit?: number;
}

/** Which failed items to open again; all of them when empty. */
export interface ReopenQuery {
  readonly phase?: string;
  readonly itemIds?: readonly string[];
}

/** What can be asked about a session, also while somebody else is running it. Reads see what is durable. */
export interface SessionReports extends AsyncDisposable {
  /** A fact about the whole session, such as a finished extraction. */
  getFact(key: string): string | undefined;
  counts(phase: string): ItemCounts;
  /** How many items there are, counted row by row: slow, and independent of `counts`. */
  countRows(phase: string): number;
  stepTotals(phase: string): readonly StepTotals[];
  endedItems(query: EndedQuery): readonly EndedItem[];
  /** How often each reason was given, most frequent first. */
  reasons(phase: string, status: ItemStatus): readonly { readonly reason: string; readonly count: number }[];
}

/**
 * The truth of one session. A promise that a method returns resolves after the rows are durable, and rejects
 * (`write_failed`) when they are not. Everything else in a session's folder can be made again from the store.
 */
export interface SessionStore extends SessionReports {
  setFact(key: string, value: string): Promise<void>;
  /** Whether the item is known, committed or about to be. */
  hasItem(phase: string, itemId: string): boolean;
  /** Adds an item; one that is known already is left as it is. */
  addItem(item: NewItem): Promise<void>;
  /** Items with steps to do, in the order in which they were added; those added after the call are left out. */
  pendingItems(phase: string): Iterable<PendingItem>;
  recordStep(record: StepRecord): Promise<void>;
  /**
   * Makes failed items pending again, at the step that failed, under a new generation. Returns how many. Elements
   * that could not be read have no content to go on with and stay failed.
   */
  reopenFailed(query?: ReopenQuery): Promise<number>;
}
