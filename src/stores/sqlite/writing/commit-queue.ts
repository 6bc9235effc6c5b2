import { crashPoint, type CrashPointOptions } from "../../../core/files/index.ts";
import { type HoldfastError, writeFailed } from "../../../core/failure/index.ts";
import { damagedBy } from "../database-faults.ts";
import type { Writer } from "./writer.ts";
import type { WriteData, Written } from "./writes.ts";

/** A class, since one is made for each record: closures for all that it does would be most of what a write costs here. */
class Write {
  /** What is written, for its crash points. */
  readonly record: string;
  readonly data: WriteData;
  readonly options: AddOptions;
  readonly #resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  written: unknown;

  constructor(
    { record, data, options }: Pick<Write, "record" | "data" | "options">,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    this.record = record;
    this.data = data;
    this.options = options;
    this.#resolve = resolve;
    this.reject = reject;
  }

  /** Resolves the write's promise with what it came to, once it is durable. */
  done(): void {
    this.options.onDurable?.(this.written);
    this.#resolve(this.written);
  }
}

export interface AddOptions extends CrashPointOptions {
  /** Characters of the texts in it, when they may be many. @default few */
  readonly size?: number;
  /** Called with what it came to when it is durable, before its promise resolves. */
  readonly onDurable?: (written: unknown) => void;
}

/**
 * Group commit: the writes of one event-loop turn share a transaction, and so does what comes while the writer is at
 * another one. A write's promise resolves only when its transaction is on the disk. When that fails, every write of the
 * group is rejected, and nothing more is written.
 */
export class CommitQueue implements AsyncDisposable {
  readonly #writer: Writer;
  readonly #file: string;
  #waiting: Write[] = [];
  /** Given to the writer, and not known to be on the disk. */
  readonly #given = new Map<readonly Write[], Promise<void>>();
  /** On the disk, and not settled yet. */
  readonly #durable: Write[] = [];
  #scheduled = false;
  #broken: HoldfastError | undefined;

  constructor(writer: Writer, file: string) {
    this.#writer = writer;
    this.#file = file;
  }

  /** Queues the write of a `record`, and resolves with what it came to. */
  add<Data extends WriteData>(record: string, data: Data, options: AddOptions = NO_OPTIONS): Promise<Written<Data>> {
    if (this.#broken) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      this.#waiting.push(new Write({ record, data, options }, resolve as (value: unknown) => void, reject));
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
    const { paused } = this.#writer;
    if (paused) return void paused.then(() => setImmediate(() => this.#commitInTurn()));
    this.#scheduled = false;
    // More is on its way, and a large commit costs less for each record than two small ones.
    const isMoreComing = this.#durable.length > 0 && this.#waiting.length < MOST_RECORDS;
    if (!isMoreComing) this.#commit(this.#takePart());
    if (this.#waiting.length > 0) this.#schedule();
  }

  /** Puts on the disk what is waiting, before it returns. */
  flush(): void {
    this.#commit(this.#takeAll());
    if (this.#given.size === 0) return;
    try {
      this.#writer.flush();
    } catch (cause) {
      for (const group of this.#given.keys()) this.#break(group, cause);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#commit(this.#takeAll());
    while (this.#given.size > 0) await Promise.all(this.#given.values());
    while (this.#durable.length > 0) this.#settlePart();
    await this.#writer[Symbol.asyncDispose]();
  }

  #commit(group: readonly Write[]): void {
    if (group.length === 0) return;
    try {
      for (const { record, options } of group) crashPoint(`commit:${record}`, options);
    } catch (cause) {
      return this.#break(group, cause);
    }
    const writing = this.#writer.write(group.map(({ data }) => data));
    this.#given.set(
      group,
      writing.then(
        (written) => this.#keep(group, written),
        (cause: unknown) => this.#break(group, cause),
      ),
    );
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

  #keep(group: readonly Write[], written: readonly unknown[]): void {
    // A flush may have given it up meanwhile.
    if (!this.#given.delete(group)) return;
    const isSettling = this.#durable.length > 0;
    for (const [index, write] of group.entries()) {
      write.written = written[index];
      this.#durable.push(write);
    }
    if (!isSettling) this.#settlePart();
  }

  /** Settles some of what is durable: what follows at once, the next steps of those items, runs before the event loop goes on. */
  #settlePart(): void {
    const part = this.#durable.splice(0, SETTLED_AT_ONCE);
    for (const { record, options } of part) crashPoint(`commit:${record}:done`, options);
    for (const write of part) write.done();
    if (this.#durable.length > 0) setImmediate(() => this.#settlePart());
  }

  /** After a failed write the state of the disk is unknown, so nothing more is written through this queue. */
  #break(group: readonly Write[], cause: unknown): void {
    this.#given.delete(group);
    this.#broken ??= damagedBy(this.#file, cause) ?? writeFailed(this.#file, cause, WRITE_FAILED);
    for (const { reject } of [...group, ...this.#waiting]) reject(this.#broken);
    this.#waiting = [];
  }
}

const NO_OPTIONS: AddOptions = {};

/** A transaction takes so many records, and texts of so many characters: more would hold the event loop up. */
const MOST_RECORDS = 250;
const MOST_CHARACTERS = 2_000_000;

/** So many records are settled in one turn of the event loop. */
const SETTLED_AT_ONCE = 64;

const WRITE_FAILED = {
  safe: "Everything committed before is safe.",
  hint: "Free some space or fix the disk, then resume the session.",
};
