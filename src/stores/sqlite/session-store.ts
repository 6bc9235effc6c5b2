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
import { currentRun, suspectsIn } from "./crash-count.ts";
import { leaveOut, worthLeavingOut, type DeduplicatedOutput } from "./deduplicated-output.ts";
import { SeenIds } from "./seen-ids.ts";
import { PendingReader } from "./pending.ts";
import { planReopening, type Layouts } from "./reopen.ts";
import { assertCanRenumber } from "./renumber.ts";
import { openDatabase } from "./schema.ts";
import { SqliteReports } from "./reports/index.ts";
import { prepareLookUps, type LookUps } from "./statements.ts";
import { chosenWriter, CommitQueue, type AddOptions } from "./writing/index.ts";
import type { FanOutWrite, PlainStep, RunBegins, StepWrite, WriteData } from "./writing/index.ts";

/**
 * Opens `state.db`, the store of one session: SQLite in WAL mode, with group commit and an fsync before each promise resolves. `:memory:` keeps
 * nothing.
 */
export function openSessionStore(file: string, options: SessionStoreOptions = {}): SessionStore {
  const db = openDatabase(file, { readOnly: false });
  try {
    return new SqliteSessionStore(db, file, options);
  } catch (error) {
    db.close();
    throw error;
  }
}

export interface SessionStoreOptions {
  /** From so many bytes of the log on, a thread writes. With 0, nothing is written before there is one. @default 8 MB */
  readonly threadFromBytes?: number;
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
  readonly #lookUps: LookUps;
  readonly #pending: PendingReader;
  /** Rows of items in flight, by phase and id, so that a step is recorded without a look-up. */
  readonly #places = new Map<string, Map<string, Place>>();
  readonly #known: SeenIds;
  /** Children whose rows are not durable yet. */
  readonly #coming = new Set<string>();
  /** Rows of the items whose calls are noted, by phase and id: none in a session that never crashed. */
  readonly #watched = new Map<string, number>();
  #nextSeq: number;
  #run: number;

  constructor(db: DatabaseSync, file: string, { threadFromBytes }: SessionStoreOptions) {
    super(db);
    this.#lookUps = prepareLookUps(db);
    this.#pending = new PendingReader(db);
    this.#nextSeq = Number(db.prepare("SELECT coalesce(max(seq), 0) AS last FROM items").get()?.["last"]) + 1;
    this.#known = new SeenIds({ isComplete: this.#nextSeq === 1 });
    this.#run = currentRun(db);
    // Last: it opens files, which nobody would close if anything after it failed.
    this.#queue = new CommitQueue(chosenWriter(db, threadFromBytes), file);
  }

  async beginRun(): Promise<readonly string[]> {
    const onDurable = (begun: unknown): void => this.#runBegins(begun as RunBegins);
    const { poisoned } = await this.#queue.add("run-begins", ["run-begins"], { onDurable });
    return poisoned;
  }

  flush(): void {
    this.#queue.flush();
  }

  endRun(): Promise<void> {
    return this.#queue.add("run-ends", ["run-ends"]);
  }

  suspects(phase: string): readonly string[] {
    return this.#watched.size === 0 ? [] : suspectsIn(this.db, phase);
  }

  callNote(phase: string, itemId: string, step: string): CallNote | undefined {
    if (this.#watched.size === 0) return undefined;
    const seq = this.#watched.get(keyOf(phase, itemId));
    if (seq === undefined) return undefined;
    return {
      begins: () => this.#queue.add("call-begins", ["call-begins", seq, step]),
      ends: () => this.#queue.add("call-ends", ["call-ends", seq]),
    };
  }

  setFact(key: string, value: string, { optional = false }: { readonly optional?: boolean } = {}): Promise<void> {
    return this.#queue.add(`fact:${key}`, ["fact", key, value], { optional });
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
    return this.#lookUps.seqOf.get(phase, itemId) !== undefined;
  }

  isPart(phase: string, itemId: string): boolean {
    if (this.#coming.has(keyOf(phase, itemId))) return true;
    const place = this.#placesIn(phase).get(itemId);
    if (place) return place.parent !== null;
    return (this.#lookUps.seqOf.get(phase, itemId)?.["parent"] ?? null) !== null;
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
    const data: WriteData = [
      "add",
      seq,
      phase,
      itemId,
      sourcePath,
      metadata,
      content,
      this.#run,
      item.readBy,
      status,
      reason ?? null,
      failed,
    ];
    const onDurable = status === "pending" ? undefined : () => this.#forget(phase, itemId);
    return this.#queue.add(`item-${status}`, data, optionsOf(content, onDurable));
  }

  replaceIfChanged(item: NewItem): Promise<void> | undefined {
    const { phase, itemId, sourcePath } = item;
    const content = item.contentText ?? toText(item.content);
    const known = this.#lookUps.contentOf.get(phase, itemId);
    if (known === undefined || known["content"] === null || known["content"] === content) return undefined;
    const metadata = JSON.stringify(item.metadata);
    this.#known.giveUp();
    return this.#queue.add("item-changes", ["replace", phase, itemId, content, sourcePath, metadata]);
  }

  markStarted(phase: string, itemId: string): Promise<void> {
    return this.#queue.add("item-starts", ["starts", this.#run, phase, itemId]);
  }

  recordStep(record: StepRecord): Promise<string | undefined> {
    const { phase, itemId, item, fanOut } = record;
    const place = this.#placeOf(phase, itemId);
    const output = leaveOut(record.outputText ?? toText(record.output), place.content);
    const hasEnded = item.status !== "pending";
    const onDurable = hasEnded || fanOut ? () => this.#forgetEnded(record) : undefined;
    return this.#queue.add(nameOf(record), this.#writeOf(record, place, output), optionsOf(output.text, onDurable));
  }

  recordUsage(record: Pick<StepRecord, "phase" | "step" | "stage"> & { readonly usage: Usage }): Promise<void> {
    const { phase, step, stage, usage } = record;
    return this.#queue.add("usage", ["usage", { phase, step, stage }, usage]);
  }

  isPending(phase: string, itemId: string): boolean {
    return this.#lookUps.isPending.get(phase, itemId) !== undefined;
  }

  cancelItem(phase: string, itemId: string, failure: FailureRecord): Promise<void> {
    const text = JSON.stringify(failure);
    const onDurable = (): void => this.#forget(phase, itemId);
    return this.#queue.add("item-cancelled", ["cancel", phase, itemId, failure.message, text], { onDurable });
  }

  reopen(query: ReopenQuery = {}, layouts?: Layouts): Promise<number> {
    this.#known.giveUp();
    return this.#queue.add("reopen", ["reopen", query, layouts && namesOnly(layouts)]);
  }

  planReopening(query: ReopenQuery, layouts: Layouts): ReopenPlan {
    return planReopening(this.db, query, layouts);
  }

  assertCanRenumber(phase: string, steps: readonly string[]): void {
    assertCanRenumber(this.db, phase, steps);
  }

  renumberSteps(phase: string, steps: readonly string[]): Promise<void> {
    assertCanRenumber(this.db, phase, steps);
    return this.#queue.add("renumber", ["renumber", phase, steps]);
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue[Symbol.asyncDispose]();
    // The last connection that is closed empties the log.
    this.db.close();
  }

  #runBegins({ watched, run }: RunBegins): void {
    this.#watched.clear();
    for (const { phase, itemId, seq } of watched) this.#watched.set(keyOf(phase, itemId), seq);
    // What an earlier run had in flight may have one more crash now.
    this.#places.clear();
    this.#run = run;
  }

  #writeOf(record: StepRecord, place: Place, { text: output, contentAt }: DeduplicatedOutput): StepWrite {
    const { phase, itemId, stepIndex, step, stage, durationMs, attempts, succeeded, usage, item } = record;
    const { seq, isFresh, parent } = place;
    const { status, reason, reviewReason } = item;
    const isNoted = this.#watched.size > 0 && this.#watched.delete(keyOf(phase, itemId));
    const isPlain = succeeded && contentAt === null && reviewReason === undefined && reason === undefined && !usage;
    if (isPlain && !isNoted && !record.fanOut && (status === "pending" || status === "completed")) {
      const rest = [durationMs, attempts, phase, stage, isFresh, parent] as const;
      const plain: PlainStep = ["step", seq, stepIndex, step, output, ...rest];
      return status === "pending" ? plain : ["last-step", item.outputPath ?? null, item.change ?? null, plain];
    }
    const failure = item.failure ? JSON.stringify(item.failure) : null;
    const fanOut = this.#fanOutOf(record);
    const done = { phase, stepIndex, step, stage, durationMs, attempts, succeeded, usage };
    return [
      "any-step",
      { ...done, seq, isFresh, parent, output, contentAt, isNoted, fanOut, item: { ...item, failure } },
    ];
  }

  #fanOutOf({ phase, itemId, stepIndex, fanOut }: StepRecord): FanOutWrite | undefined {
    if (!fanOut) return undefined;
    const { collectedAt, firstStep = stepIndex + 1 } = fanOut;
    const children = fanOut.children.map((child) => ({
      itemId: child.itemId,
      content: child.contentText ?? JSON.stringify(child.content),
    }));
    const firstSeq = this.#nextSeq;
    this.#nextSeq += children.length;
    for (const child of children) {
      this.#known.add(phase, child.itemId);
      this.#coming.add(keyOf(phase, child.itemId));
    }
    return { itemId, firstSeq, firstStep, collectedAt, children };
  }

  #forgetEnded({ phase, itemId, fanOut }: StepRecord): void {
    this.#forget(phase, itemId);
    for (const child of fanOut?.children ?? []) this.#coming.delete(keyOf(phase, child.itemId));
  }

  #forget(phase: string, itemId: string): void {
    this.#placesIn(phase).delete(itemId);
  }

  #placeOf(phase: string, itemId: string): Place {
    const places = this.#placesIn(phase);
    const known = places.get(itemId);
    if (known) return known;
    const row = this.#lookUps.seqOf.get(phase, itemId);
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
function optionsOf(text: string | null, onDurable?: () => void): AddOptions | undefined {
  const isShort = text === null || text.length < 10_000;
  if (isShort && !onDurable) return undefined;
  return { ...(!isShort && { size: text.length }), ...(onDurable && { onDurable }) };
}

/** What is needed of the steps, and can be sent. */
const namesOnly = (layouts: Layouts): Layouts =>
  new Map([...layouts].map(([phase, steps]) => [phase, steps.map(({ name, collects }) => ({ name, collects }))]));

/** The record of a step that an item goes on from is named after the step, the others after how the item ends. */
function nameOf({ step, fanOut, item }: StepRecord): string {
  if (fanOut) return "fan-out";
  return item.status === "pending" ? `step-${step}` : `end-${item.status}`;
}
