import type { DatabaseSync } from "node:sqlite";
import { HoldfastError } from "../../core/failure/index.ts";
import type { Usage } from "../../core/model/index.ts";
import type {
  CallNote,
  FailureRecord,
  NewItem,
  PendingItem,
  ReopenPlan,
  ReopenQuery,
  SessionStore,
  StepRecord,
} from "../../core/storage/index.ts";
import { CommitQueue, type AddOptions } from "./commit-queue.ts";
import { countCrashes, currentRun, forgetCall, markCleanEnd, noteCall, suspectsIn } from "./crash-count.ts";
import { leaveOut, worthLeavingOut, type DeduplicatedOutput } from "./deduplicated-output.ts";
import { SeenIds } from "./seen-ids.ts";
import { PendingReader } from "./pending.ts";
import { planReopening, reopenItems, type Layouts } from "./reopen.ts";
import { assertCanRenumber, renumber } from "./renumber.ts";
import { openDatabase } from "./schema.ts";
import { SqliteReports } from "./reports/index.ts";
import { prepareStatements, type Statements } from "./statements.ts";
import { Tallies } from "./tallies.ts";
import { syncsInBackground, type Disk } from "./write-ahead-log.ts";

/**
 * Opens `state.db`, the store of one session: SQLite in WAL mode, with group commit and an fsync before each promise resolves. `:memory:` keeps
 * nothing.
 */
export function openSessionStore(file: string): SessionStore {
  const db = openDatabase(file, { readOnly: false });
  try {
    return new SqliteSessionStore(db, file);
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Where an item's row is, and its parent's. */
interface Place {
  readonly seq: number;
  readonly parent: number | null;
  /** Whether the source put it out in this run and it was not fanned out: then it has no crashes and waits for no child. */
  readonly isFresh: boolean;
  /** Its content, when outputs are kept without it. */
  readonly content: string | undefined;
}

class SqliteSessionStore extends SqliteReports implements SessionStore {
  readonly #queue: CommitQueue;
  readonly #disk: Disk;
  readonly #tallies: Tallies;
  readonly #statements: Statements;
  readonly #pending: PendingReader;
  /** Rows of items in flight, by phase and id, so that a step is recorded without a look-up. */
  readonly #places = new Map<string, Map<string, Place>>();
  readonly #known: SeenIds;
  /** Children whose rows are not written yet. */
  readonly #coming = new Set<string>();
  /** Rows of the items whose calls are noted, by phase and id: none in a session that never crashed. */
  readonly #watched = new Map<string, number>();
  #nextSeq: number;
  #run: number;

  constructor(db: DatabaseSync, file: string) {
    super(db);
    this.#tallies = new Tallies(db);
    this.#statements = prepareStatements(db);
    this.#pending = new PendingReader(db);
    this.#nextSeq = Number(db.prepare("SELECT coalesce(max(seq), 0) AS last FROM items").get()?.["last"]) + 1;
    this.#known = new SeenIds({ isComplete: this.#nextSeq === 1 });
    this.#run = currentRun(db);
    // Last: it opens files, which nobody would close if anything after it failed.
    this.#disk = syncsInBackground(db);
    this.#queue = new CommitQueue(db, { file, disk: this.#disk, beforeCommit: () => this.#tallies.store() });
  }

  beginRun(): Promise<readonly string[]> {
    return this.#queue.add("run-begins", () => {
      const { poisoned, watched } = countCrashes(this.db, this.#tallies);
      this.#watched.clear();
      for (const { phase, itemId, seq } of watched) this.#watched.set(keyOf(phase, itemId), seq);
      // What an earlier run had in flight may have one more crash now.
      this.#places.clear();
      this.#run = currentRun(this.db);
      return poisoned;
    });
  }

  flush(): void {
    this.#queue.flush();
  }

  endRun(): Promise<void> {
    return this.#queue.add("run-ends", () => markCleanEnd(this.db));
  }

  suspects(phase: string): readonly string[] {
    return this.#watched.size === 0 ? [] : suspectsIn(this.db, phase);
  }

  callNote(phase: string, itemId: string, step: string): CallNote | undefined {
    if (this.#watched.size === 0) return undefined;
    const seq = this.#watched.get(keyOf(phase, itemId));
    if (seq === undefined) return undefined;
    return {
      begins: () => this.#queue.add("call-begins", () => noteCall(this.db, seq, step)),
      ends: () => this.#queue.add("call-ends", () => forgetCall(this.db, seq)),
    };
  }

  setFact(key: string, value: string, { optional = false }: { readonly optional?: boolean } = {}): Promise<void> {
    return this.#queue.add(`fact:${key}`, () => void this.#statements.setFact.run(key, value), { optional });
  }

  pendingItems(phase: string, after: number, limit: number): readonly (PendingItem & { readonly position: number })[] {
    return this.#pending.page(phase, after, limit);
  }

  collectable(phase: string): readonly string[] {
    return this.#pending.collectable(phase);
  }

  pendingItem(phase: string, itemId: string): PendingItem {
    return this.#pending.one(phase, itemId);
  }

  countWaiting(phase: string): number {
    return this.#pending.countWaiting(phase);
  }

  hasItem(phase: string, itemId: string): boolean {
    if (!this.#known.mayHold(phase, itemId)) return false;
    if (this.#placesIn(phase).has(itemId) || this.#coming.has(keyOf(phase, itemId))) return true;
    return this.#statements.seqOf.get(phase, itemId) !== undefined;
  }

  isPart(phase: string, itemId: string): boolean {
    if (this.#coming.has(keyOf(phase, itemId))) return true;
    const place = this.#placesIn(phase).get(itemId);
    if (place) return place.parent !== null;
    return (this.#statements.seqOf.get(phase, itemId)?.["parent"] ?? null) !== null;
  }

  addItem(item: NewItem): Promise<void> {
    if (this.hasItem(item.phase, item.itemId)) return Promise.resolve();
    const seq = this.#nextSeq++;
    const { phase, itemId, sourcePath, status, reason, failure } = item;
    const content = item.contentText ?? toText(item.content);
    this.#placesIn(phase).set(itemId, { seq, parent: null, isFresh: true, content: worthLeavingOut(content) });
    this.#known.add(phase, itemId);
    const metadata = JSON.stringify(item.metadata);
    const failed = failure ? JSON.stringify(failure) : null;
    const write = (): void => {
      const { addItem, addPending } = this.#statements;
      if (status === "pending") addPending.run(seq, phase, itemId, sourcePath, metadata, content, this.#run);
      else {
        addItem.run(seq, phase, itemId, sourcePath, metadata, content, status, this.#run, reason ?? null, failed);
      }
      this.#tallies.itemChanged(phase, undefined, status);
      this.#tallies.elementRead(item);
      if (status !== "pending") this.#placesIn(phase).delete(itemId);
    };
    return this.#queue.add(`item-${status}`, write, sizeOf(content));
  }

  replaceIfChanged(item: NewItem): Promise<void> | undefined {
    const { phase, itemId, sourcePath } = item;
    const content = item.contentText ?? toText(item.content);
    const known = this.#statements.contentOf.get(phase, itemId);
    if (known === undefined || known["content"] === null || known["content"] === content) return undefined;
    const metadata = JSON.stringify(item.metadata);
    this.#known.giveUp();
    return this.#queue.add("item-changes", () => {
      this.#statements.replaceContent.run(content, sourcePath, metadata, phase, itemId);
      reopenItems(this.db, { phase, itemIds: [itemId], force: true }, { tallies: this.#tallies });
    });
  }

  markStarted(phase: string, itemId: string): Promise<void> {
    return this.#queue.add("item-starts", () => void this.#statements.markStarted.run(this.#run, phase, itemId));
  }

  recordStep(record: StepRecord): Promise<string | undefined> {
    const { phase, itemId, item, fanOut } = record;
    const place = this.#placeOf(phase, itemId);
    const output = leaveOut(record.outputText ?? toText(record.output), place.content);
    const children = fanOut?.children.map((child) => ({
      itemId: child.itemId,
      content: child.contentText ?? JSON.stringify(child.content),
    }));
    for (const child of children ?? []) {
      this.#known.add(phase, child.itemId);
      this.#coming.add(keyOf(phase, child.itemId));
    }
    const write = (): string | undefined => {
      this.#insertStep(record, place, output);
      if (this.#watched.size > 0 && this.#watched.delete(keyOf(phase, itemId))) forgetCall(this.db, place.seq);
      const ready = children && this.#insertChildren(record, place, children);
      return item.status === "pending" ? ready : (ready ?? this.#endItem(record, place));
    };
    return this.#queue.add(nameOf(record), write, sizeOf(output.text));
  }

  recordUsage(record: Pick<StepRecord, "phase" | "step" | "stage"> & { readonly usage: Usage }): Promise<void> {
    return this.#queue.add("usage", () => this.#tallies.spent(record, record.usage));
  }

  isPending(phase: string, itemId: string): boolean {
    return this.#statements.isPending.get(phase, itemId) !== undefined;
  }

  cancelItem(phase: string, itemId: string, failure: FailureRecord): Promise<void> {
    const text = JSON.stringify(failure);
    return this.#queue.add("item-cancelled", () => {
      const { changes } = this.#statements.cancelItem.run(failure.message, text, phase, itemId);
      if (changes > 0) this.#tallies.itemChanged(phase, "pending", "failed");
      this.#placesIn(phase).delete(itemId);
    });
  }

  reopen(query: ReopenQuery = {}, layouts?: Layouts): Promise<number> {
    this.#known.giveUp();
    return this.#queue.add("reopen", () => reopenItems(this.db, query, { tallies: this.#tallies, layouts }));
  }

  planReopening(query: ReopenQuery, layouts: Layouts): ReopenPlan {
    return planReopening(this.db, query, layouts);
  }

  assertCanRenumber(phase: string, steps: readonly string[]): void {
    assertCanRenumber(this.db, phase, steps);
  }

  renumberSteps(phase: string, steps: readonly string[]): Promise<void> {
    assertCanRenumber(this.db, phase, steps);
    return this.#queue.add("renumber", () => renumber(this.db, phase, steps));
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue[Symbol.asyncDispose]();
    // The last connection that is closed empties the log.
    await this.#disk.checkpoints?.[Symbol.asyncDispose]();
    this.db.close();
    this.#disk.close();
  }

  #insertStep(record: StepRecord, { seq, isFresh }: Place, output: DeduplicatedOutput): void {
    const { stepIndex, step, durationMs, attempts, item } = record;
    const { insertFirstStep, insertStep, stopWaiting, survived } = this.#statements;
    const isPlain = record.succeeded && output.contentAt === null && item.reviewReason === undefined && !record.usage;
    if (isFresh && isPlain) {
      insertFirstStep.run(seq, stepIndex, step, output.text, durationMs, attempts);
      this.#tallies.stepDone(record);
      return;
    }
    const usage = record.usage ? JSON.stringify(record.usage) : null;
    insertStep.run(
      seq,
      stepIndex,
      isFresh ? 1 : null,
      seq,
      step,
      record.succeeded ? 1 : 0,
      output.text,
      output.contentAt,
      item.reviewReason ?? null,
      durationMs,
      attempts,
      usage,
    );
    this.#tallies.stepDone(record);
    if (item.status !== "pending" || isFresh) return;
    survived.run(seq);
    if (!record.fanOut) stopWaiting.run(seq);
  }

  /** Returns the item itself when it has no child to wait for. */
  #insertChildren(
    { phase, itemId, stepIndex, fanOut, item }: StepRecord,
    { seq }: Place,
    children: readonly { readonly itemId: string; readonly content: string }[],
  ): string | undefined {
    const { collectedAt, firstStep = stepIndex + 1 } = fanOut ?? {};
    this.#placesIn(phase).delete(itemId);
    // A collect that follows at once leaves the children nothing to do.
    const status = collectedAt === firstStep ? "completed" : "pending";
    for (const child of children) {
      this.#coming.delete(keyOf(phase, child.itemId));
      this.#statements.addChild.run(this.#nextSeq++, child.itemId, child.content, status, firstStep, seq);
      this.#tallies.itemChanged(phase, undefined, status);
    }
    if (collectedAt === undefined) return undefined;
    const open = status === "pending" ? children.length : 0;
    this.#statements.waitForChildren.run(collectedAt, collectedAt, open, item.reviewReason ?? null, seq);
    return open === 0 ? itemId : undefined;
  }

  /** Returns the parent whose last open child this was. */
  #endItem({ phase, itemId, item }: StepRecord, { seq, parent, isFresh }: Place): string | undefined {
    const failed = item.failure ? JSON.stringify(item.failure) : null;
    const { completeItem, endItem, childDone } = this.#statements;
    const isPlain = item.status === "completed" && item.reason === undefined && item.reviewReason === undefined;
    if (isFresh && isPlain) completeItem.run(item.outputPath ?? null, item.change ?? null, seq);
    else
      endItem.run(
        item.status,
        item.reason ?? null,
        item.reviewReason ?? null,
        item.outputPath ?? null,
        failed,
        item.change ?? null,
        item.status,
        seq,
      );
    this.#tallies.itemChanged(phase, "pending", item.status);
    if (item.change) this.#tallies.loaded({ phase, status: item.status, change: item.change }, 1);
    this.#placesIn(phase).delete(itemId);
    if (parent === null || item.status === "failed") return undefined;
    const waiting = childDone.get(parent);
    return waiting?.["open_children"] === 0 ? String(waiting["item_id"]) : undefined;
  }

  #placeOf(phase: string, itemId: string): Place {
    const places = this.#placesIn(phase);
    const known = places.get(itemId);
    if (known) return known;
    const row = this.#statements.seqOf.get(phase, itemId);
    if (row === undefined) throw new HoldfastError("internal", `Item ${itemId} of phase ${phase} is not in the store.`);
    const parent = row["parent"] === null ? null : Number(row["parent"]);
    const content = typeof row["content"] === "string" ? worthLeavingOut(row["content"]) : undefined;
    const place = { seq: Number(row["seq"]), parent, isFresh: false, content };
    places.set(itemId, place);
    return place;
  }

  #placesIn(phase: string): Map<string, Place> {
    const known = this.#places.get(phase);
    if (known) return known;
    const places = new Map<string, Place>();
    this.#places.set(phase, places);
    return places;
  }
}

const keyOf = (phase: string, itemId: string): string => `${phase}\n${itemId}`;

const toText = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

/** Most texts are short: these are counted by their number. */
const sizeOf = (text: string | null): AddOptions | undefined =>
  text === null || text.length < 10_000 ? undefined : { size: text.length };

/** The record of a step that an item goes on from is named after the step, the others after how the item ends. */
function nameOf({ step, fanOut, item }: StepRecord): string {
  if (fanOut) return "fan-out";
  return item.status === "pending" ? `step-${step}` : `end-${item.status}`;
}
