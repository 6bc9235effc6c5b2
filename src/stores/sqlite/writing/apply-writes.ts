import type { DatabaseSync } from "node:sqlite";
import { crashPoint } from "../../../core/files/index.ts";
import { countCrashes, currentRun, forgetCall, markCleanEnd, noteCall } from "../crash-count.ts";
import { prepareWrites, type Writes } from "../statements.ts";
import { Tallies } from "../tallies.ts";
import type { AnyStep, FanOutWrite, PlainStep, RareWrite, RunBegins, WriteData } from "./writes.ts";

/** Makes a rare write. */
export type ApplyRarely = (db: DatabaseSync, data: RareWrite, tallies: Tallies) => unknown;

/** Writes to a session's database by a connection. */
export class WriteApplier {
  readonly #db: DatabaseSync;
  /** Given later where it is loaded when it is needed. */
  applyRarely: ApplyRarely | undefined;
  readonly #tallies: Tallies;
  readonly #statements: Writes;

  constructor(db: DatabaseSync, applyRarely?: ApplyRarely) {
    this.#db = db;
    this.applyRarely = applyRarely;
    this.#tallies = new Tallies(db);
    this.#statements = prepareWrites(db);
  }

  /** Writes all of a group, or nothing. Returns what each came to. */
  transact(group: readonly WriteData[]): readonly unknown[] {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      const written = group.map((data) => this.#apply(data));
      this.#tallies.store();
      crashPoint("transaction", TIMED);
      this.#db.exec("COMMIT");
      crashPoint("transaction:done", TIMED);
      return written;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  #apply(data: WriteData): unknown {
    switch (data[0]) {
      case "step":
        return this.#plainStep(data);
      case "last-step":
        return this.#lastStep(data);
      case "any-step":
        return this.#anyStep(data[1]);
      case "add":
        return this.#addItem(data);
      case "usage":
        return this.#tallies.spent(data[1], data[2]);
      case "starts":
        return void this.#statements.markStarted.run(data[1], data[2], data[3]);
      case "fact":
        return void this.#statements.setFact.run(data[1], data[2]);
      case "call-begins":
        return noteCall(this.#db, data[1], data[2]);
      case "call-ends":
        return forgetCall(this.#db, data[1]);
      case "run-begins":
        return this.#beginRun();
      case "run-ends":
        return markCleanEnd(this.#db);
      case "cancel":
        return this.#cancel(data);
      case "replace":
      case "reopen":
      case "renumber":
        return this.applyRarely?.(this.#db, data, this.#tallies);
    }
  }

  #addItem([, seq, phase, itemId, path, metadata, content, run, readBy, status, reason, failure]: Of<"add">): void {
    const { addItem, addPending } = this.#statements;
    if (status === "pending") addPending.run(seq, phase, itemId, path, metadata, content, run);
    else addItem.run(seq, phase, itemId, path, metadata, content, status, run, reason, failure);
    this.#tallies.itemChanged(phase, undefined, status);
    this.#tallies.elementRead({ phase, readBy, status });
  }

  #plainStep(plain: PlainStep): string | undefined {
    const [, seq, stepIndex, step, output, durationMs, attempts, phase, stage, isFresh] = plain;
    if (!isFresh) return this.#anyStep(inFull(plain, { status: "pending", failure: null }));
    this.#statements.insertFirstStep.run(seq, stepIndex, step, output, durationMs, attempts);
    this.#tallies.stepDone({ phase, step, stage, succeeded: true, durationMs, attempts });
    return undefined;
  }

  #lastStep([, outputPath, change, plain]: Of<"last-step">): string | undefined {
    const [, seq, , , , , , phase, , isFresh] = plain;
    if (!isFresh) {
      const [path, how] = [outputPath ?? undefined, change ?? undefined];
      return this.#anyStep(inFull(plain, { status: "completed", failure: null, outputPath: path, change: how }));
    }
    this.#plainStep(plain);
    this.#statements.completeItem.run(outputPath, change, seq);
    this.#tallies.itemChanged(phase, "pending", "completed");
    if (change) this.#tallies.loaded({ phase, status: "completed", change }, 1);
    return undefined;
  }

  /** Returns the item that can go on by this: its parent, when this was the last open child, or itself. */
  #anyStep(write: AnyStep): string | undefined {
    this.#insertStep(write);
    if (write.isNoted) forgetCall(this.#db, write.seq);
    const ready = write.fanOut && this.#insertChildren(write, write.fanOut);
    return write.item.status === "pending" ? ready : (ready ?? this.#endItem(write));
  }

  #insertStep(write: AnyStep): void {
    const { seq, isFresh, stepIndex, step, succeeded, output, contentAt, durationMs, attempts, usage, item } = write;
    const { insertStep, stopWaiting, survived } = this.#statements;
    insertStep.run(
      seq,
      stepIndex,
      isFresh ? 1 : null,
      seq,
      step,
      succeeded ? 1 : 0,
      output,
      contentAt,
      item.reviewReason ?? null,
      durationMs,
      attempts,
      usage ? JSON.stringify(usage) : null,
    );
    this.#tallies.stepDone(write);
    if (item.status !== "pending" || isFresh) return;
    survived.run(seq);
    if (!write.fanOut) stopWaiting.run(seq);
  }

  /** Returns the item itself when it has no child to wait for. */
  #insertChildren({ phase, seq, item }: AnyStep, fanOut: FanOutWrite): string | undefined {
    const { itemId, firstSeq, firstStep, collectedAt, children } = fanOut;
    // A collect that follows at once leaves the children nothing to do.
    const status = collectedAt === firstStep ? "completed" : "pending";
    for (const [index, child] of children.entries()) {
      this.#statements.addChild.run(firstSeq + index, child.itemId, child.content, status, firstStep, seq);
      this.#tallies.itemChanged(phase, undefined, status);
    }
    if (collectedAt === undefined) return undefined;
    const open = status === "pending" ? children.length : 0;
    this.#statements.waitForChildren.run(collectedAt, collectedAt, open, item.reviewReason ?? null, seq);
    return open === 0 ? itemId : undefined;
  }

  /** Returns the parent whose last open child this was. */
  #endItem({ phase, seq, parent, isFresh, item }: AnyStep): string | undefined {
    const { completeItem, endItem, childDone } = this.#statements;
    const { status, reason, reviewReason, outputPath, failure, change } = item;
    const isPlain = status === "completed" && reason === undefined && reviewReason === undefined;
    if (isFresh && isPlain) completeItem.run(outputPath ?? null, change ?? null, seq);
    else {
      const [why, review, path] = [reason ?? null, reviewReason ?? null, outputPath ?? null];
      endItem.run(status, why, review, path, failure, change ?? null, status, seq);
    }
    this.#tallies.itemChanged(phase, "pending", status);
    if (change) this.#tallies.loaded({ phase, status, change }, 1);
    if (parent === null || status === "failed") return undefined;
    const waiting = childDone.get(parent);
    return waiting?.["open_children"] === 0 ? String(waiting["item_id"]) : undefined;
  }

  #cancel([, phase, itemId, message, failure]: Of<"cancel">): void {
    const { changes } = this.#statements.cancelItem.run(message, failure, phase, itemId);
    if (changes > 0) this.#tallies.itemChanged(phase, "pending", "failed");
  }

  #beginRun(): RunBegins {
    const crashes = countCrashes(this.#db, this.#tallies);
    return { ...crashes, run: currentRun(this.#db) };
  }
}

function inFull(plain: PlainStep, item: AnyStep["item"]): AnyStep {
  const [, seq, stepIndex, step, output, durationMs, attempts, phase, stage, isFresh, parent] = plain;
  const done = { phase, stepIndex, step, stage, durationMs, attempts, succeeded: true };
  return { ...done, seq, isFresh, parent, output, contentAt: null, isNoted: false, fanOut: undefined, item };
}

/** How many records a transaction takes depends on the machine. */
const TIMED = { timed: true } as const;

type Of<Kind extends WriteData[0]> = Extract<WriteData, readonly [Kind, ...unknown[]]>;
