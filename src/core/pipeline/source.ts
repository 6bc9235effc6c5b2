import type { JsonValue } from "../base/index.ts";

/** One record of a source, in reading order. */
export type SourceRecord<C> = SourceItem<C> | BrokenElement | SkippedElement | SourceTotal;

/** An element that becomes an item of the pipeline. */
export interface SourceItem<C> {
  readonly kind: "item";
  /** The same in every run over the same source, and unique in it. */
  readonly itemId: string;
  readonly sourcePath: string;
  /** What the first step gets. */
  readonly content: C;
  /** Kept beside the item, for people and reports. */
  readonly metadata?: Readonly<Record<string, JsonValue>>;
}

/** An element that could not be read. The run records it as a failed item and reads on. */
export interface BrokenElement {
  readonly kind: "broken";
  /** `file#index`, since a broken element may have no id to be read. */
  readonly itemId: string;
  readonly sourcePath: string;
  readonly error: Error;
  /** The element's text, cut to a readable size. */
  readonly input?: string;
}

/** An element that needs no work, such as an older copy of the same conversation. */
export interface SkippedElement {
  readonly kind: "skipped";
  readonly itemId: string;
  readonly sourcePath: string;
  readonly reason: string;
}

/** How many elements there will be, once the source knows; for progress only. */
export interface SourceTotal {
  readonly kind: "total";
  readonly count: number;
}

/** What a source gets from its run. */
export interface SourceContext {
  /** Aborted when the run is stopped. */
  readonly signal: AbortSignal;
}

/** An input that a source read: path, size in bytes, and sha256 if the whole file was read. */
export interface SourceInput {
  readonly path: string;
  readonly bytes: number;
  readonly sha256?: string;
}

/** Where items come from. Read lazily: the next element is asked for only when there is room for it. */
export interface Source<C> {
  /** A part of the pipeline's hash, with `version`. */
  readonly name: string;
  /** Raise it when the same input should give other items. */
  readonly version: number;
  /** Throws a `HoldfastError` (`input_unreadable`, `input_malformed`) before the run when nothing can be read at all. */
  check(ctx: SourceContext): Promise<readonly SourceInput[]>;
  /** Reads the elements one by one; what is broken or skipped comes too, so that nothing vanishes. */
  read(ctx: SourceContext): AsyncIterable<SourceRecord<C>>;
}
