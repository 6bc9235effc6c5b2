import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { ItemStatus } from "../../core/base/index.ts";
import { NO_USAGE, sumUsage, type Usage } from "../../core/model/index.ts";
import type { LoadCount, NewItem, StepRecord } from "../../core/storage/index.ts";

/** What a step did since the last commit. */
interface StepSum {
  readonly phase: string;
  readonly step: string;
  readonly stage: string;
  processed: number;
  failed: number;
  attempts: number;
  durationMs: number;
  usage: Usage;
}

/** A load of an item that ended. */
interface Load extends Pick<LoadCount, "status" | "change"> {
  readonly phase: string;
}

/** Columns of `step_totals` that hold sums. */
export const STEP_SUMS: readonly string[] = [
  "processed",
  "failed",
  "attempts",
  "duration_ms",
  "calls",
  "input_tokens",
  "output_tokens",
  "calls_unknown_tokens",
  "cost",
  "calls_unknown_cost",
];

/**
 * The sums that reports read: items by status, and totals by step. Changes are gathered in memory while a batch is
 * written and stored once per transaction, so they always agree with the rows they count.
 */
export class Tallies {
  readonly #countItem: StatementSync;
  readonly #countStep: StatementSync;
  readonly #countLoad: StatementSync;
  readonly #items = new Map<string, { phase: string; status: ItemStatus; by: number }>();
  readonly #steps = new Map<string, StepSum>();
  readonly #loads = new Map<string, Load & { by: number }>();

  constructor(db: DatabaseSync) {
    this.#countItem = db.prepare(`
      INSERT INTO item_counts (phase, status, n) VALUES (?, ?, ?)
      ON CONFLICT (phase, status) DO UPDATE SET n = n + excluded.n`);
    this.#countLoad = db.prepare(`
      INSERT INTO load_counts (phase, status, change, n) VALUES (?, ?, ?, ?)
      ON CONFLICT (phase, status, change) DO UPDATE SET n = n + excluded.n`);
    this.#countStep = db.prepare(`
      INSERT INTO step_totals (phase, step, stage, ${STEP_SUMS.join(", ")}) VALUES (?, ?, ?, ${STEP_SUMS.map(() => "?").join(", ")})
      ON CONFLICT (phase, step) DO UPDATE SET ${STEP_SUMS.map((sum) => `${sum} = ${sum} + excluded.${sum}`).join(", ")}`);
  }

  /** One item of the phase is `to` now; `from` is `undefined` for a new one. */
  itemChanged(phase: string, from: ItemStatus | undefined, to: ItemStatus): void {
    if (from === to) return;
    if (from !== undefined) this.#add(phase, from, -1);
    this.#add(phase, to, 1);
  }

  /** One more item ended with such a load; with `by` -1, one that did is open again. */
  loaded(load: Load, by: 1 | -1): void {
    const key = `${load.phase}\n${load.status}\n${load.change}`;
    const sum = this.#loads.get(key);
    if (sum) sum.by += by;
    else this.#loads.set(key, { ...load, by });
  }

  /** Counts an element that the source put out. */
  elementRead({ phase, readBy: step, status }: NewItem): void {
    const sum = this.#sumOf({ phase, step, stage: "extract" });
    if (status === "failed") sum.failed += 1;
    else sum.processed += 1;
  }

  stepDone(record: StepRecord): void {
    const sum = this.#sumOf(record);
    sum.processed += record.succeeded ? 1 : 0;
    sum.failed += record.succeeded ? 0 : 1;
    sum.attempts += record.attempts;
    sum.durationMs += record.durationMs;
    if (record.usage) this.spent(record, record.usage);
  }

  /** Counts paid calls of a model in a step. */
  spent(step: Pick<StepRecord, "phase" | "step" | "stage">, usage: Usage): void {
    const sum = this.#sumOf(step);
    sum.usage = sumUsage([sum.usage, usage]);
  }

  /** Writes what was gathered; call it inside the batch's transaction. */
  store(): void {
    for (const { phase, status, by } of this.#items.values()) this.#countItem.run(phase, status, by);
    for (const sum of this.#steps.values()) {
      const { calls, inputTokens, outputTokens, callsOfUnknownTokens, cost, callsOfUnknownCost } = sum.usage;
      const usage = [calls, inputTokens, outputTokens, callsOfUnknownTokens, cost, callsOfUnknownCost];
      const { phase, step, stage, processed, failed, attempts, durationMs } = sum;
      this.#countStep.run(phase, step, stage, processed, failed, attempts, durationMs, ...usage);
    }
    for (const { phase, status, change, by } of this.#loads.values()) this.#countLoad.run(phase, status, change, by);
    this.#items.clear();
    this.#loads.clear();
    this.#steps.clear();
  }

  #sumOf({ phase, step, stage }: Pick<StepRecord, "phase" | "step" | "stage">): StepSum {
    const key = `${phase}\n${step}`;
    const known = this.#steps.get(key);
    if (known) return known;
    const sum = { phase, step, stage, processed: 0, failed: 0, attempts: 0, durationMs: 0, usage: NO_USAGE };
    this.#steps.set(key, sum);
    return sum;
  }

  #add(phase: string, status: ItemStatus, by: number): void {
    const key = `${phase}\n${status}`;
    const sum = this.#items.get(key);
    if (sum) sum.by += by;
    else this.#items.set(key, { phase, status, by });
  }
}
