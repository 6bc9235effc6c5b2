import type { DryRunResult } from "../core/runner/index.ts";

/** How many elements would end in one way for one reason. */
export interface PlannedEnd {
  readonly status: "skipped" | "filtered" | "failed";
  readonly reason: string;
  /** How many elements. */
  readonly count: number;
}

/** What a dry run has counted. */
export interface PlanCounts {
  /** Elements that the source holds. */
  readonly elements: number;
  /** Items that would be processed, by kind. */
  readonly work: Readonly<Record<string, number>>;
  /** Elements that would not be processed, the most frequent reason first. */
  readonly ends: readonly PlannedEnd[];
  /** Items that would be split into chunks, and the number of these chunks. */
  readonly chunkedItems: number;
  /** How many chunks the `chunkedItems` would be made of. */
  readonly chunks: number;
  /** Calls of the model, retries and further questions not counted. */
  readonly calls: number;
  /** Tokens of the requests of those calls. */
  readonly inputTokens: number;
  /** Calls that merge answers, and how many answers they get. */
  readonly merges: number;
  /** How many answers those `merges` get. */
  readonly mergedAnswers: number;
  /** Cached answers, which were paid for before. */
  readonly cachedAnswers: number;
  /** Items that are known to go to review, since their answers and the verdict are cached. */
  readonly toReview: number;
}

/** Adds up what a dry run sees. It keeps reasons, not items. */
export class PlanTally {
  readonly #countTokens: (text: string) => number;
  readonly #work = new Map<string, number>();
  readonly #ends = new Map<string, PlannedEnd>();
  readonly #sums = {
    elements: 0,
    chunkedItems: 0,
    chunks: 0,
    calls: 0,
    inputTokens: 0,
    merges: 0,
    mergedAnswers: 0,
    cachedAnswers: 0,
    toReview: 0,
  };

  constructor(countTokens: (text: string) => number) {
    this.#countTokens = countTokens;
  }

  /** An element that goes through no step. */
  ended(status: PlannedEnd["status"], reason: string): void {
    this.#sums.elements += 1;
    this.#end(status, reason);
  }

  /** An item that went through the steps as far as it could; `kind` is for one that would be processed. */
  dryRunResult({ end, calls, collects, cachedAnswers, chunks }: DryRunResult, kind: string): void {
    const sums = this.#sums;
    sums.elements += 1;
    sums.cachedAnswers += cachedAnswers;
    sums.calls += calls.length;
    for (const { prompt, system = "" } of calls)
      sums.inputTokens += this.#countTokens(prompt) + this.#countTokens(system);
    sums.merges += collects.length;
    for (const { children } of collects) sums.mergedAnswers += children;
    sums.chunks += chunks;
    sums.chunkedItems += chunks > 0 ? 1 : 0;
    switch (end.kind) {
      case "skipped":
      case "filtered":
        return this.#end(end.kind, end.reason);
      case "fails":
        return this.#end("failed", end.message);
      case "loads":
        sums.toReview += end.reviewReason === undefined ? 0 : 1;
        break;
      case "asks":
        break;
    }
    this.#work.set(kind, (this.#work.get(kind) ?? 0) + 1);
  }

  counts(): PlanCounts {
    return {
      ...this.#sums,
      work: Object.fromEntries(this.#work),
      ends: [...this.#ends.values()].sort((a, b) => b.count - a.count),
    };
  }

  #end(status: PlannedEnd["status"], reason: string): void {
    // Broken elements are grouped by message; beyond a readable number they are counted together.
    const key = this.#ends.size < MAX_REASONS ? reason : OTHER;
    const known = this.#ends.get(`${status}\n${key}`);
    this.#ends.set(`${status}\n${key}`, { status, reason: key, count: (known?.count ?? 0) + 1 });
  }
}

const MAX_REASONS = 200;
const OTHER = "other reasons";
