import type { DatabaseSync } from "node:sqlite";
import {
  HoldfastError,
  type EndedItem,
  type EndedQuery,
  type ItemCounts,
  type ItemStatus,
  type NewItem,
  type PendingItem,
  type ReopenQuery,
  type SessionReports,
  type SessionStore,
  type StepRecord,
  type StepTotals,
} from "../../core/index.ts";
import { CommitQueue } from "./commit-queue.ts";
import { readCounts, readEnded, readPending, readReasons, readStepTotals } from "./reports.ts";
import { openDatabase } from "./schema.ts";
import { Tallies } from "./tallies.ts";

/** Opens `state.db`, the truth of one session: SQLite in WAL mode, synchronous=FULL, with group commit. `:memory:` keeps nothing. */
export function openSessionStore(file: string): SessionStore {
  return new SqliteSessionStore(openDatabase(file, { readOnly: false }), file);
}

/** Opens `state.db` for reading only; somebody else may be running the session. */
export function openSessionReports(file: string): SessionReports {
  return new SqliteReports(openDatabase(file, { readOnly: true }));
}

class SqliteReports implements SessionReports {
  protected readonly db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.db = db;
  }

  getFact(key: string): string | undefined {
    const row = this.db.prepare("SELECT value FROM facts WHERE key = ?").get(key);
    return row === undefined ? undefined : String(row["value"]);
  }

  counts(phase: string): ItemCounts {
    return readCounts(this.db, phase);
  }

  countRows(phase: string): number {
    return Number(this.db.prepare("SELECT count(*) AS n FROM items WHERE phase = ?").get(phase)?.["n"]);
  }

  stepTotals(phase: string): readonly StepTotals[] {
    return readStepTotals(this.db, phase);
  }

  endedItems(query: EndedQuery): readonly EndedItem[] {
    return readEnded(this.db, query);
  }

  reasons(phase: string, status: ItemStatus): readonly { readonly reason: string; readonly count: number }[] {
    return readReasons(this.db, phase, status);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.db.close();
  }
}

class SqliteSessionStore extends SqliteReports implements SessionStore {
  readonly #queue: CommitQueue;
  readonly #tallies: Tallies;
  readonly #statements: Statements;
  /** Row numbers of items that are under way, so that a step is recorded without a look-up. */
  readonly #seqs = new Map<string, number>();
  #nextSeq: number;

  constructor(db: DatabaseSync, file: string) {
    super(db);
    this.#tallies = new Tallies(db);
    this.#queue = new CommitQueue(db, { file, beforeCommit: () => this.#tallies.store() });
    this.#statements = prepareStatements(db);
    this.#nextSeq = Number(db.prepare("SELECT coalesce(max(seq), 0) AS last FROM items").get()?.["last"]) + 1;
  }

  setFact(key: string, value: string): Promise<void> {
    return this.#queue.add(() => void this.#statements.setFact.run(key, value));
  }

  pendingItems(phase: string): Iterable<PendingItem> {
    return readPending(this.db, phase);
  }

  hasItem(phase: string, itemId: string): boolean {
    return this.#seqs.has(keyOf(phase, itemId)) || this.#statements.seqOf.get(phase, itemId) !== undefined;
  }

  addItem(item: NewItem): Promise<void> {
    if (this.hasItem(item.phase, item.itemId)) return Promise.resolve();
    const seq = this.#nextSeq++;
    const { phase, itemId, sourcePath, status, reason, failure } = item;
    this.#seqs.set(keyOf(phase, itemId), seq);
    const metadata = JSON.stringify(item.metadata);
    const content = toText(item.content);
    const failed = failure ? JSON.stringify(failure) : null;
    return this.#queue.add(() => {
      this.#statements.addItem.run(seq, phase, itemId, sourcePath, metadata, content, status, reason ?? null, failed);
      this.#tallies.itemAdded(item);
      if (status !== "pending") this.#seqs.delete(keyOf(phase, itemId));
    });
  }

  recordStep(record: StepRecord): Promise<void> {
    const { phase, itemId, item } = record;
    const seq = this.#seqOf(phase, itemId);
    const output = toText(record.output);
    const failed = item.failure ? JSON.stringify(item.failure) : null;
    return this.#queue.add(() => {
      const { insertStep, endItem } = this.#statements;
      const succeeded = record.succeeded ? 1 : 0;
      insertStep.run(
        seq,
        record.stepIndex,
        seq,
        record.step,
        succeeded,
        output,
        item.reviewReason ?? null,
        record.durationMs,
        record.attempts,
      );
      this.#tallies.stepDone(record);
      if (item.status === "pending") return;
      endItem.run(item.status, item.reason ?? null, item.reviewReason ?? null, item.outputPath ?? null, failed, seq);
      this.#tallies.itemChanged(phase, "pending", item.status);
      this.#seqs.delete(keyOf(phase, itemId));
    });
  }

  async reopenFailed(query: ReopenQuery = {}): Promise<number> {
    let reopened = 0;
    await this.#queue.add(() => {
      for (const { phase, seq } of this.#failedRows(query)) {
        this.#statements.reopen.run(seq);
        this.#tallies.itemChanged(phase, "failed", "pending");
        reopened += 1;
      }
    });
    return reopened;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    this.#queue.flush();
    this.db.close();
  }

  #failedRows({ phase, itemIds }: ReopenQuery): readonly { readonly phase: string; readonly seq: number }[] {
    const wanted = itemIds && new Set(itemIds);
    return this.#statements.failed
      .all()
      .filter((row) => (phase === undefined || row["phase"] === phase) && (wanted?.has(String(row["item_id"])) ?? true))
      .map((row) => ({ phase: String(row["phase"]), seq: Number(row["seq"]) }));
  }

  #seqOf(phase: string, itemId: string): number {
    const key = keyOf(phase, itemId);
    const known = this.#seqs.get(key);
    if (known !== undefined) return known;
    const row = this.#statements.seqOf.get(phase, itemId);
    if (row === undefined) throw new HoldfastError("internal", `Item ${itemId} of phase ${phase} is not in the store.`);
    const seq = Number(row["seq"]);
    this.#seqs.set(key, seq);
    return seq;
  }
}

type Statements = ReturnType<typeof prepareStatements>;

function prepareStatements(db: DatabaseSync) {
  return {
    setFact: db.prepare(
      "INSERT INTO facts (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    ),
    seqOf: db.prepare("SELECT seq FROM items WHERE phase = ? AND item_id = ?"),
    addItem: db.prepare(`
      INSERT INTO items (seq, phase, item_id, source_path, metadata, content, status, reason, failure)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    insertStep: db.prepare(`
      INSERT INTO steps (item, step_index, generation, step, succeeded, output, review_reason, duration_ms, attempts)
      VALUES (?, ?, (SELECT generation FROM items WHERE seq = ?), ?, ?, ?, ?, ?, ?)`),
    endItem: db.prepare(
      "UPDATE items SET status = ?, reason = ?, review_reason = ?, output_path = ?, failure = ? WHERE seq = ?",
    ),
    failed: db.prepare(
      "SELECT seq, phase, item_id FROM items WHERE status = 'failed' AND content IS NOT NULL ORDER BY seq",
    ),
    reopen: db.prepare(
      "UPDATE items SET status = 'pending', generation = generation + 1, reason = NULL, failure = NULL WHERE seq = ?",
    ),
  };
}

const keyOf = (phase: string, itemId: string): string => `${phase}\n${itemId}`;

const toText = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));
