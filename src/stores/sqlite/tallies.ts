import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { ItemStatus, NewItem, StepRecord } from "../../core/index.ts";

/**
 * The sums that reports read: items by status, and totals by step. Changes are gathered in memory while a batch is
 * written and stored once per transaction, so they are always as true as the rows they count.
 */
export class Tallies {
  readonly #countItem: StatementSync;
  readonly #countStep: StatementSync;
  readonly #items = new Map<string, { phase: string; status: ItemStatus; by: number }>();
  readonly #steps = new Map<
    string,
    {
      phase: string;
      step: string;
      stage: string;
      processed: number;
      failed: number;
      attempts: number;
      durationMs: number;
    }
  >();

  constructor(db: DatabaseSync) {
    this.#countItem = db.prepare(`
      INSERT INTO item_counts (phase, status, n) VALUES (?, ?, ?)
      ON CONFLICT (phase, status) DO UPDATE SET n = n + excluded.n`);
    this.#countStep = db.prepare(`
      INSERT INTO step_totals (phase, step, stage, processed, failed, attempts, duration_ms) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (phase, step) DO UPDATE SET processed = processed + excluded.processed, failed = failed + excluded.failed,
        attempts = attempts + excluded.attempts, duration_ms = duration_ms + excluded.duration_ms`);
  }

  itemAdded({ phase, status }: Pick<NewItem, "phase" | "status">): void {
    this.#add(phase, status, 1);
  }

  itemChanged(phase: string, from: ItemStatus, to: ItemStatus, by = 1): void {
    if (from === to) return;
    this.#add(phase, from, -by);
    this.#add(phase, to, by);
  }

  stepDone({ phase, step, stage, succeeded, attempts, durationMs }: StepRecord): void {
    const key = `${phase}\n${step}`;
    const sum = this.#steps.get(key) ?? { phase, step, stage, processed: 0, failed: 0, attempts: 0, durationMs: 0 };
    sum.processed += 1;
    sum.failed += succeeded ? 0 : 1;
    sum.attempts += attempts;
    sum.durationMs += durationMs;
    this.#steps.set(key, sum);
  }

  /** Writes what was gathered; call it inside the batch's transaction. */
  store(): void {
    for (const { phase, status, by } of this.#items.values()) this.#countItem.run(phase, status, by);
    for (const sum of this.#steps.values()) {
      this.#countStep.run(sum.phase, sum.step, sum.stage, sum.processed, sum.failed, sum.attempts, sum.durationMs);
    }
    this.#items.clear();
    this.#steps.clear();
  }

  #add(phase: string, status: ItemStatus, by: number): void {
    const key = `${phase}\n${status}`;
    const sum = this.#items.get(key);
    if (sum) sum.by += by;
    else this.#items.set(key, { phase, status, by });
  }
}
