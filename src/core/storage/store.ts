/// <reference lib="esnext.disposable" preserve="true" />
import type { FailureKind } from "../failure/index.ts";
import type { ItemStatus, JsonValue, ProcessingItem, StageType } from "../base/index.ts";
import type { LoadChange, StepLayout } from "../pipeline/index.ts";
import type { Usage } from "../model/index.ts";

/** An item as a source put it out, or one that ended before its first step. */
export interface NewItem {
  readonly phase: string;
  readonly itemId: string;
  readonly sourcePath: string;
  readonly metadata: Readonly<Record<string, JsonValue>>;
  readonly content: JsonValue | undefined;
  /** `content` as JSON, if the caller has it already. */
  readonly contentText?: string | undefined;
  readonly status: ItemStatus;
  /** The step that read it, for that step's totals. */
  readonly readBy: string;
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
  /** Raised by every `retry` of the item. */
  readonly generation: number;
  /**
   * The generation that its idempotency keys are made from, when it is an earlier one: what became of a call is not known,
   * so that the retry repeats it. @default generation
   */
  readonly keyGeneration?: number | undefined;
  /** Whether it is a completed item that is retried: cached answers are then ignored. */
  readonly force: boolean;
  /** 0 for what a source put out, 1 for a child, 2 for a child of a child. */
  readonly depth: number;
  /** `content` is what the item's children put out, for the collect step it goes on with. */
  readonly collected: boolean;
  readonly reviewReason: string | undefined;
  /** Resolves when the item itself is durable; absent for one that was read from the store. */
  readonly admitted?: Promise<void>;
}

/** Why an item failed. */
export interface FailureRecord {
  readonly step: string;
  readonly kind: FailureKind;
  readonly message: string;
  /** Folder with the input, the request, the raw answer and the chain of causes. */
  readonly folder?: string;
  /** Whether a call was sent and no answer came: the service may have done what it was asked. A retry repeats that call. */
  readonly unanswered?: boolean;
}

/** What a step did to an item, and the item's new state. Committed as one. */
export interface StepRecord {
  readonly phase: string;
  readonly itemId: string;
  readonly stepIndex: number;
  readonly step: string;
  readonly stage: StageType;
  readonly succeeded: boolean;
  /** What the next step gets; `undefined` when the step failed or the item ended without content. */
  readonly output: JsonValue | undefined;
  /** `output` as JSON, if the caller has it already. */
  readonly outputText?: string | undefined;
  readonly durationMs: number;
  readonly attempts: number;
  /** What its calls of a model cost; absent when it made none. */
  readonly usage?: Usage | undefined;
  readonly fanOut?: FanOutRecord | undefined;
  readonly item: {
    readonly status: ItemStatus;
    readonly reason?: string | undefined;
    readonly reviewReason?: string | undefined;
    readonly outputPath?: string | undefined;
    /** What the load did, if its sink reports it. */
    readonly change?: LoadChange | undefined;
    readonly failure?: FailureRecord | undefined;
  };
}

/** The children an item became. */
export interface FanOutRecord {
  readonly children: readonly {
    readonly itemId: string;
    readonly content: JsonValue;
    /** `content` as JSON, if the caller has it already. */
    readonly contentText?: string | undefined;
  }[];
  /** The step that the children begin with. @default the next one */
  readonly firstStep?: number;
  /** The step that gets the children's outputs; `undefined` when they go on for themselves. */
  readonly collectedAt: number | undefined;
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
  /** What its calls of a model cost; absent when it made none. */
  readonly usage?: Usage | undefined;
}

/** How many items of a status were loaded in one way. */
export interface LoadCount {
  readonly status: ItemStatus;
  readonly change: LoadChange;
  readonly count: number;
}

/** An item that ended, for reports. */
export interface EndedItem extends ProcessingItem {
  readonly phase: string;
  /** Why it was skipped, filtered, sent to review, or failed. */
  readonly reason: string | undefined;
  /** What loading did; undefined when it was not loaded. */
  readonly change: LoadChange | undefined;
  /** Only of a failed item. */
  readonly failure: FailureRecord | undefined;
}

export interface EndedQuery {
  readonly phase?: string;
  readonly statuses: readonly ItemStatus[];
  /** Only items that were loaded in one of these ways. */
  readonly changes?: readonly LoadChange[];
  /** @default 1000 */
  readonly limit?: number;
  /** How many of them to skip first. @default 0 */
  readonly offset?: number;
}

/** Which items to reopen; all failed ones when empty. */
export interface ReopenQuery {
  readonly phase?: string;
  /** These items, whatever their status. */
  readonly itemIds?: readonly string[];
  /** Items with one of these kinds of failure. */
  readonly kinds?: readonly FailureKind[];
}

/** What a reopening would do. */
export interface ReopenPlan {
  /** How many items would be pending again. */
  readonly count: number;
  readonly refused: readonly RefusedItem[];
}

/** An item that cannot be tried again, since the pipeline has changed. */
export interface RefusedItem {
  readonly phase: string;
  readonly itemId: string;
  readonly reason: string;
}

/** Queries about a session, also while another process is running it. Reads see what is durable. */
export interface SessionReports extends AsyncDisposable {
  /** A fact about the whole session, such as a finished extraction. */
  getFact(key: string): string | undefined;
  counts(phase: string): ItemCounts;
  /** Those of `counts` that are parts: an item was fanned out into them and collects them. Takes longer the more there are. */
  partCounts(phase: string): ItemCounts;
  /** How many items there are, counted row by row: slow, and independent of `counts`. */
  countRows(phase: string): number;
  /** How many elements the phase's source has put out so far. */
  countRead(phase: string): number;
  stepTotals(phase: string): readonly StepTotals[];
  /** The changes that loads made, counted by the status of their items. */
  loads(phase: string): readonly LoadCount[];
  endedItems(query: EndedQuery): readonly EndedItem[];
  /** How often each reason was given, most frequent first. */
  reasons(phase: string, status: ItemStatus): readonly { readonly reason: string; readonly count: number }[];
}

/** Notes when a step of a watched item is at work: if the process dies then, the item is a suspect. */
export interface CallNote {
  /** The note has to be durable before the step is called. */
  begins(): Promise<void>;
  ends(): Promise<void>;
}

/**
 * The store of one session, its source of truth. A promise that a method returns resolves after the rows are durable,
 * and rejects (`write_failed`) when they are not. Everything else in a session's folder can be derived from the store.
 */
export interface SessionStore extends SessionReports {
  /** An `optional` fact is one whose write may fail without an end to the run: the caller catches that. @default false */
  setFact(key: string, value: string, options?: { readonly optional?: boolean }): Promise<void>;
  /** Whether the item is known, committed or about to be. */
  hasItem(phase: string, itemId: string): boolean;
  /** Whether a known item is one that another item was fanned out into, and not one of the source's. */
  isPart(phase: string, itemId: string): boolean;
  /** Adds an item; a known one is left as it is. */
  addItem(item: NewItem): Promise<void>;
  /**
   * The next items with steps to do, in the order in which they were added, beginning after the one at `after`. Those
   * that wait for their children are left out.
   */
  pendingItems(phase: string, after: number, limit: number): readonly (PendingItem & { readonly position: number })[];
  /** Ids of the items whose children are all done, and that have not gone on yet. */
  collectable(phase: string): readonly string[];
  /** One item with steps to do; with what its children put out when it waited for them and all are done. */
  pendingItem(phase: string, itemId: string): PendingItem;
  /** How many items wait for children that are not done; after a phase has ended, for children that failed. */
  countWaiting(phase: string): number;
  /**
   * For an item that ended and whose content in the source has changed: it starts again with the new content.
   * `undefined` when there is nothing to change.
   */
  replaceIfChanged(item: NewItem): Promise<void> | undefined;
  /** Marks an item as started in this run, durably, so that a crash can be attributed to it. */
  markStarted(phase: string, itemId: string): Promise<void>;
  /** Returns the id of the parent whose children are all done by this record. */
  recordStep(record: StepRecord): Promise<string | undefined>;
  /** Counts the cost of the calls of a step that was stopped: they were paid for without a result. */
  recordUsage(record: Pick<StepRecord, "phase" | "step" | "stage"> & { readonly usage: Usage }): Promise<void>;
  /** Whether an item has steps to do and does not wait for its parts. */
  isPending(phase: string, itemId: string): boolean;
  /** Ends a pending item as failed, without a step. */
  cancelItem(phase: string, itemId: string, failure: FailureRecord): Promise<void>;
  /**
   * Makes ended items pending again under a new generation, and returns how many. A failed one goes on at the step that
   * failed; another one starts again, and so does the collecting of its parents. Elements that could not be read have
   * no content to go on with and stay failed. With `layouts`, the steps of each phase, finished steps get their new
   * places, and an item that has none among them is left as it is.
   */
  reopen(query?: ReopenQuery, layouts?: ReadonlyMap<string, StepLayout>): Promise<number>;
  /** What `reopen` would do with these steps. */
  planReopening(query: ReopenQuery, layouts: ReadonlyMap<string, StepLayout>): ReopenPlan;
  /** Throws a `HoldfastError` (`pipeline_changed`) when a pending item has no place among the new steps of a phase. */
  assertCanRenumber(phase: string, steps: readonly string[]): void;
  /** Takes over a phase whose steps were changed: finished steps keep their names and get their new places. */
  renumberSteps(phase: string, steps: readonly string[]): Promise<void>;
  /**
   * Begins a run. After a crash, the items that were begun are watched; one whose call was under way at the next crash is
   * a suspect, and one that was tried alone at three more fails as `poison`. Returns the ids of those.
   */
  beginRun(): Promise<readonly string[]>;
  /**
   * Items of a phase that may be what kills the process: they are tried alone, after all others. Those with the fewest
   * crashes come first; the list does not change before they have begun.
   */
  suspects(phase: string): readonly string[];
  /** Notes the calls of a watched item; `undefined` for any other. */
  callNote(phase: string, itemId: string, step: string): CallNote | undefined;
  /** Ends a run in good order: pending items were not in flight in a crash. */
  endRun(): Promise<void>;
}
