/// <reference lib="esnext.disposable" preserve="true" />
import type { FailureKind } from "../failure/index.ts";
import type { JsonValue, ProcessingItem, StepResult } from "../base/index.ts";
import type { Usage } from "../model/index.ts";
import type { FailureRecord, RefusedItem } from "./store.ts";

/** What one step did to one item, in one generation of it. */
export interface ItemStep extends StepResult {
  readonly step: string;
  readonly generation: number;
  /** What its calls of a model used, and which models answered where several are asked in turn; absent when it made none. */
  readonly usage?: Usage;
}

/** Everything that the store knows about one item, except its content. */
export interface ItemReport extends ProcessingItem {
  readonly phase: string;
  readonly reason: string | undefined;
  /** Raised by every `retry` of the item. */
  readonly generation: number;
  readonly failure: FailureRecord | undefined;
  /** Whether there is content to go on with; there is none for an element that could not be read. */
  readonly hasContent: boolean;
  /** How many children it still waits for; once a run has ended, those failed or wait themselves. */
  readonly openChildren: number;
  /** In the order of the steps. */
  readonly steps: readonly ItemStep[];
}

/** What one step took for one item, or for one of its parts, in one generation. */
export interface StepWork {
  readonly step: string;
  /** Calls made; 0 when the answer came from the cache. */
  readonly attempts: number;
  readonly durationMs: number;
  /** `undefined` when it called no model. */
  readonly usage: Usage | undefined;
}

/** Where an item is: its id is unique within its phase only. */
export interface ItemPlace {
  readonly phase: string;
  readonly itemId: string;
}

/** A failed item. */
export interface FailedEntry extends ItemPlace {
  readonly sourcePath: string;
  readonly failure: FailureRecord;
  /** Whether `retry` can retry it. */
  readonly hasContent: boolean;
}

/** Which failed items; all of them when empty. */
export interface FailedQuery {
  readonly itemIds?: readonly string[];
  readonly kinds?: readonly FailureKind[];
}

/** Queries about single items of a session, also while another process is running it. */
export interface ItemReports extends AsyncDisposable {
  /** Phase by phase, in the order in which they were added; read as they are taken, however many there are. */
  failedItems(query?: FailedQuery): Iterable<FailedEntry>;
  /** Failed items that a retry leaves as they are: the steps that the session ran with last have no place for them. */
  withoutPlace(): Promise<readonly RefusedItem[]>;
  item(place: ItemPlace): ItemReport | undefined;
  /** What the steps of the item and of all its parts took; what was put down before its end is not in it. */
  workOf(place: ItemPlace): readonly StepWork[];
  /** The item and its parts, as far as they have steps to do; one that only waits for its parts is not among them. */
  openParts(place: ItemPlace): readonly ItemPlace[];
  /** What the items' metadata hold under one name, for each item that has it; read as it is taken. */
  metadataFacts(name: string): Iterable<JsonValue>;
  /** Items whose id is `text`, begins with it, or holds it, the better matches first. */
  searchItems(text: string, limit: number): readonly ItemPlace[];
}
