import type { DatabaseSync } from "node:sqlite";
import { crashPoint, type CrashPointOptions } from "../../core/files/index.ts";
import { type HoldfastError, writeFailed } from "../../core/failure/index.ts";
import { damagedBy } from "./database-faults.ts";

interface Waiting {
  /** What is written, for its crash points. */
  readonly record: string;
  readonly passes: CrashPointOptions;
  readonly write: () => void;
  /** Resolves the write's promise with its result, once it is durable. */
  readonly done: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: all writes of one event-loop turn share one transaction and one fsync. A write's promise resolves only
 * after the COMMIT that holds it; when that fails, every write of the batch is rejected and none of them is kept.
 */
export class CommitQueue {
  readonly #db: DatabaseSync;
  readonly #file: string;
  readonly #beforeCommit: () => void;
  #waiting: Waiting[] = [];
  #scheduled = false;
  #broken: HoldfastError | undefined;

  /** `beforeCommit` runs inside each transaction, after its writes. */
  constructor(db: DatabaseSync, options: { readonly file: string; readonly beforeCommit: () => void }) {
    this.#db = db;
    this.#file = options.file;
    this.#beforeCommit = options.beforeCommit;
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
      setImmediate(() => this.flush());
    });
  }

  /** Commits what is waiting now. */
  flush(): void {
    this.#scheduled = false;
    const batch = this.#waiting;
    if (batch.length === 0) return;
    this.#waiting = [];
    try {
      this.#commit(batch);
    } catch (cause) {
      // After a failed commit the state of the disk is unknown, so nothing more is written through this queue.
      this.#broken = damagedBy(this.#file, cause) ?? writeFailed(this.#file, cause, WRITE_FAILED);
      for (const { reject } of batch) reject(this.#broken);
      return;
    }
    for (const { record, passes } of batch) crashPoint(`commit:${record}:done`, passes);
    for (const { done } of batch) done();
  }

  #commit(batch: readonly Waiting[]): void {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      for (const { write } of batch) write();
      this.#beforeCommit();
      for (const { record, passes } of batch) crashPoint(`commit:${record}`, passes);
      this.#db.exec("COMMIT");
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
  }
}

function waiting<T>(
  write: () => T,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): Pick<Waiting, "write" | "done" | "reject"> {
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
