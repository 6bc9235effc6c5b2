/** Where the output of one source item went, and what both looked like. Hashes are sha256 in hex. */
export interface LedgerEntry {
  /** The folder that was loaded into, as an absolute path. */
  readonly target: string;
  /** `provider:uuid`, or another id that is the same in every run. */
  readonly sourceId: string;
  /** Hash of the source item's content that the output was made from. */
  readonly contentHash: string;
  /** Path of the output, relative to `target`. */
  readonly path: string;
  /** Hash of the output as we wrote it; absent until the first write is done. */
  readonly outputHash?: string;
  /** Hash of the output that is about to be written; absent when no write is under way. */
  readonly pendingHash?: string;
}

/**
 * The memory between sessions of what was written where. A file that matches `outputHash` or `pendingHash` is ours;
 * anything else at that path is the user's and is never overwritten.
 */
export interface Ledger {
  find(target: string, sourceId: string): LedgerEntry | undefined;
  /** The source item that owns `path` in `target`, if any. */
  ownerOf(target: string, path: string): string | undefined;
  /** Durable before it resolves: `path` is reserved and a write of `pendingHash` may be under way. */
  intend(entry: { readonly target: string; readonly sourceId: string; readonly contentHash: string; readonly path: string; readonly pendingHash: string }): void;
  /** Durable before it returns: the write of `pendingHash` is done. */
  confirm(target: string, sourceId: string): void;
}

declare module "./step-context.ts" {
  interface StepServices {
    /** The memory between sessions of what was written where. */
    readonly ledger: Ledger;
  }
}
