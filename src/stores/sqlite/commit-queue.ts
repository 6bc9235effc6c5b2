import type { DatabaseSync } from "node:sqlite";
import { crashPoint, type CrashPointOptions } from "../../core/files/index.ts";
import { type HoldfastError, writeFailed } from "../../core/failure/index.ts";
import { damagedBy } from "./database-faults.ts";
import type { Disk } from "./write-ahead-log.ts";

/** A class, since one is made for each record: closures for all that it does would be most of what a write costs here. */
class Write<T = unknown> {
  /** What is written, for its crash points. */
  readonly record: string;
  readonly options: AddOptions;
  readonly #write: () => T;
  readonly #resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
  #written: T | undefined;

  constructor(
    { record, options, write }: Pick<Write<T>, "record" | "options"> & { readonly write: () => T },
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ) {
    this.record = record;
    this.options = options;
    this.#write = write;
    this.#resolve = resolve;
    this.reject = reject;
  }

  write(): void {
    this.#written = this.#write();
  }

  /** Resolves the write's promise with what it returned, once it is durable. */
  done(): void {
    this.#resolve(this.#written as T);
  }
}

export interface AddOptions extends CrashPointOptions {
  /** Characters of the texts in it, when they may be many. @default few */
  readonly size?: number;
}

export interface CommitQueueOptions {
  readonly file: string;
  readonly disk: Disk;
  /** Runs inside each transaction, after its writes. */
  readonly beforeCommit: () => void;
}

/**
 * Group commit: the writes of one event-loop turn share a transaction, and all transactions that were committed while
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
  /** On the disk, and not settled yet. */
  readonly #durable: Write[] = [];
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
  add<T>(record: string, write: () => T, options: AddOptions = NO_OPTIONS): Promise<T> {
    if (this.#broken) return Promise.reject(this.#broken);
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push(new Write({ record, options, write }, resolve, reject) as Write);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#commitInTurn());
  }

  /** Commits what is waiting, part by part: what else there is to do in the event loop comes in between. */
  #commitInTurn(): void {
    this.#scheduled = false;
    const paused = this.#options.disk.checkpoints?.paused;
    if (paused) return void paused.then(() => this.#schedule());
    // More is on its way, and a large commit costs less for each record than two small ones.
    const isMoreComing = this.#durable.length > 0 && this.#waiting.length < MOST_RECORDS;
    if (!isMoreComing) this.#commit(this.#takePart());
    if (this.#waiting.length > 0) this.#schedule();
  }

  /**
   * Puts on the disk what is waiting, before it returns. Its writes are settled by the sync that is under way then: of two
   * syncs at once, that may be the only one that is told of a failure.
   */
  flush(): void {
    this.#commit(this.#takeAll());
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
    while (this.#durable.length > 0) this.#settlePart();
  }

  #commit(batch: Write[]): void {
    if (batch.length === 0) return;
    try {
      this.#transact(batch);
    } catch (cause) {
      return this.#break(batch, cause);
    }
    for (const write of batch) this.#committed.push(write);
    this.#options.disk.checkpoints?.committed(batch.length);
    this.#sync ??= this.#syncAll();
  }

  /** The writes that one transaction takes: what is waiting, but not more than holds the event loop up for a moment. */
  #takePart(): Write[] {
    const waiting = this.#waiting;
    let [count, characters] = [0, 0];
    while (count < Math.min(waiting.length, MOST_RECORDS) && characters < MOST_CHARACTERS) {
      characters += waiting[count++]?.options.size ?? 0;
    }
    if (count === waiting.length) return this.#takeAll();
    this.#waiting = waiting.slice(count);
    return waiting.slice(0, count);
  }

  #takeAll(): Write[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }

  #transact(batch: readonly Write[]): void {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      for (const write of batch) write.write();
      this.#options.beforeCommit();
      for (const { record, options } of batch) crashPoint(`commit:${record}`, options);
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
      const isSettling = this.#durable.length > 0;
      for (const write of this.#syncing) this.#durable.push(write);
      this.#syncing = [];
      if (!isSettling) this.#settlePart();
    }
    this.#sync = undefined;
  }

  /** Settles some of what is durable: what follows at once, the next steps of those items, runs before the event loop goes on. */
  #settlePart(): void {
    const part = this.#durable.splice(0, SETTLED_AT_ONCE);
    for (const { record, options } of part) crashPoint(`commit:${record}:done`, options);
    for (const write of part) write.done();
    if (this.#durable.length > 0) setImmediate(() => this.#settlePart());
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

const NO_OPTIONS: AddOptions = {};

/** A transaction takes so many records, and texts of so many characters: more would hold the event loop up. */
const MOST_RECORDS = 250;
const MOST_CHARACTERS = 2_000_000;

/** So many records are settled in one turn of the event loop. */
const SETTLED_AT_ONCE = 64;

/** How often it is passed depends on the disk. */
const TIMED: CrashPointOptions = { timed: true };

const WRITE_FAILED = {
  safe: "Everything committed before is safe.",
  hint: "Free some space or fix the disk, then resume the session.",
};
