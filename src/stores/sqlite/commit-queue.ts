import type { DatabaseSync } from "node:sqlite";
import { crashPoint, type CrashPointOptions } from "../../core/files/index.ts";
import { type HoldfastError, writeFailed } from "../../core/failure/index.ts";
import { damagedBy } from "./database-faults.ts";
import type { Disk } from "./write-ahead-log.ts";

interface Write {
  /** What is written, for its crash points. */
  readonly record: string;
  readonly passes: CrashPointOptions;
  readonly write: () => void;
  /** Resolves the write's promise with its result, once it is durable. */
  readonly done: () => void;
  readonly reject: (error: unknown) => void;
}

export interface CommitQueueOptions {
  readonly file: string;
  readonly disk: Disk;
  /** Runs inside each transaction, after its writes. */
  readonly beforeCommit: () => void;
}

/**
 * Group commit: all writes of one event-loop turn share one transaction, and all transactions that were committed while
 * the disk was busy share one fsync, which another thread waits for. A write's promise resolves only after the fsync that
 * follows its COMMIT. When either fails, every write of the batch is rejected, and nothing more is written.
 */
export class CommitQueue implements AsyncDisposable {
  readonly #db: DatabaseSync;
  readonly #options: CommitQueueOptions;
  #waiting: Write[] = [];
  /** Committed, and not known to be on the disk. */
  #committed: Write[] = [];
  /** Those of them that a sync is under way for. */
  #syncing: readonly Write[] = [];
  #sync: Promise<void> | undefined;
  #scheduled = false;
  #broken: HoldfastError | undefined;

  constructor(db: DatabaseSync, options: CommitQueueOptions) {
    this.#db = db;
    this.#options = options;
  }

  /**
   * Queues the write of a `record`, and resolves with what it returned. Everything it needs must be serialised already:
   * it runs later, inside the transaction.
   */
  add<T>(record: string, write: () => T, passes: CrashPointOptions = {}): Promise<T> {
    if (this.#broken) return Promise.reject(this.#broken);
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ record, passes, ...waiting(write, resolve, reject) });
      if (this.#scheduled) return;
      this.#scheduled = true;
      setImmediate(() => this.#commit());
    });
  }

  /**
   * Puts on the disk what is waiting, before it returns. Its writes are settled by the sync that is under way then: of two
   * syncs at once, that may be the only one that is told of a failure.
   */
  flush(): void {
    this.#commit();
    if (this.#syncing.length === 0) return;
    try {
      crashPoint("sync", TIMED);
      this.#options.disk.syncNow();
    } catch (cause) {
      this.#break(this.#takeUnsynced(), cause);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.flush();
    await this.#sync;
  }

  #commit(): void {
    this.#scheduled = false;
    const batch = this.#waiting;
    if (batch.length === 0) return;
    this.#waiting = [];
    try {
      this.#transact(batch);
    } catch (cause) {
      return this.#break(batch, cause);
    }
    this.#committed.push(...batch);
    this.#sync ??= this.#syncAll();
  }

  #transact(batch: readonly Write[]): void {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      for (const { write } of batch) write();
      this.#options.beforeCommit();
      for (const { record, passes } of batch) crashPoint(`commit:${record}`, passes);
      this.#db.exec("COMMIT");
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  /** One sync after the other, for as long as something is committed meanwhile. */
  async #syncAll(): Promise<void> {
    while (this.#committed.length > 0) {
      this.#syncing = this.#committed;
      this.#committed = [];
      try {
        crashPoint("sync", TIMED);
        await this.#options.disk.sync();
      } catch (cause) {
        // A second sync may say that all is well, though what the first one could not write is lost.
        this.#break(this.#takeUnsynced(), cause);
      }
      const written = this.#syncing;
      this.#syncing = [];
      settle(written);
    }
    this.#sync = undefined;
  }

  #takeUnsynced(): readonly Write[] {
    const unsynced = [...this.#syncing, ...this.#committed];
    // Two lists: what is committed later is not part of a sync that began before.
    this.#syncing = [];
    this.#committed = [];
    return unsynced;
  }

  /** After a failed write the state of the disk is unknown, so nothing more is written through this queue. */
  #break(batch: readonly Write[], cause: unknown): void {
    const { file } = this.#options;
    this.#broken ??= damagedBy(file, cause) ?? writeFailed(file, cause, WRITE_FAILED);
    for (const { reject } of [...batch, ...this.#waiting]) reject(this.#broken);
    this.#waiting = [];
  }
}

/** How often it is passed depends on the disk. */
const TIMED: CrashPointOptions = { timed: true };

function settle(written: readonly Write[]): void {
  for (const { record, passes } of written) crashPoint(`commit:${record}:done`, passes);
  for (const { done } of written) done();
}

function waiting<T>(
  write: () => T,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): Pick<Write, "write" | "done" | "reject"> {
  let written: { readonly value: T } | undefined;
  return {
    write: () => {
      written = { value: write() };
    },
    done: () => written && resolve(written.value),
    reject,
  };
}

const WRITE_FAILED = {
  safe: "Everything committed before is safe.",
  hint: "Free some space or fix the disk, then resume the session.",
};
