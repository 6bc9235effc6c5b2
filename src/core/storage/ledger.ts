import type { LoadChange } from "../pipeline/index.ts";

/** Where the output of one source item went, and what both looked like. Hashes are sha256 in hex. */
export interface LedgerEntry {
  /** The folder that was loaded into, as an absolute path. */
  readonly target: string;
  /** `provider:uuid`, or another id that is the same in every run. */
  readonly sourceId: string;
  /** Hash of the source item's content that the output was made from, or is being made from while `pendingHash` is there. */
  readonly contentHash: string;
  /** Path of the output, relative to `target`; it leads out of it when the output was moved elsewhere by us. */
  readonly path: string;
  /** Hash of the output at `path` as we wrote it; absent until the first write there is done. */
  readonly outputHash?: string;
  /** Hash of the output that is about to be written; absent when no write is under way. */
  readonly pendingHash?: string;
  /** Hash of the newer content that was made and not written, because the user had edited the output; absent when there is none. */
  readonly keptHash?: string;
  /** What wrote the output last, or is about to; absent when it is not known. */
  readonly load?: LedgerLoad;
}

/** One load of an output, to recognize it when a crash repeats it: it then reports what it reported before. */
export interface LedgerLoad {
  /** The `idempotencyKey` of the step that loads: the same for each repetition. */
  readonly call: string;
  readonly change: LoadChange;
}

/** What is about to be written. */
export interface LedgerIntent {
  /** The folder that is loaded into, as an absolute path. */
  readonly target: string;
  readonly sourceId: string;
  /** Hash of the source item's content that the output is made from. */
  readonly contentHash: string;
  /** Relative to `target`. */
  readonly path: string;
  /** Hash of the output that is about to be written. */
  readonly pendingHash: string;
  readonly load?: LedgerLoad | undefined;
}

/**
 * The record, across sessions, of what was written where. A file that matches `outputHash` or `pendingHash` is ours;
 * anything else at that path is the user's and is never overwritten. Paths are compared as `foldPath` folds them.
 */
export interface Ledger {
  /** Where the output of a source item is in one folder. */
  find(target: string, sourceId: string): LedgerEntry | undefined;
  /** Where the output of a source item is, in every folder that it was loaded into. */
  placesOf(sourceId: string): readonly LedgerEntry[];
  /** The source item that owns `path` in `target`, if any. */
  ownerOf(target: string, path: string): string | undefined;
  /**
   * Durable before it returns: `path` is reserved and a write of `pendingHash` may be under way. Returns whether it is:
   * `false`, with nothing changed, when another source item owns the path.
   */
  intend(intent: LedgerIntent): boolean;
  /**
   * Durable before it returns: the write of `pendingHash` is done; changes nothing when no write is under way. With
   * `foundHash`, what is there now counts as ours: another process may have written the same note.
   */
  confirm(target: string, sourceId: string, foundHash?: string): void;
  /** Durable before it returns: there is newer content, and the output that the user edited was kept. `intend` forgets it. */
  keep(target: string, sourceId: string, contentHash: string): void;
}

declare module "../pipeline/step-context.ts" {
  interface StepServices {
    /** The record, across sessions, of what was written where. */
    readonly ledger: Ledger;
  }
}
