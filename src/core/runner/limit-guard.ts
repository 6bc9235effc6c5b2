import { SHARE_NEEDS_ITEMS, assertRunLimits, type LimitName, type RunLimits } from "./run-limits.ts";
import { NO_ITEMS } from "../session/index.ts";
import type { RunControl } from "./run-control.ts";
import type { HintOf, LimitHint } from "../failure/index.ts";
import { ItemStatus } from "../base/index.ts";
import type { ItemCounts } from "../storage/index.ts";
import { NO_USAGE, spentIn, type Budget, type Spent, type Usage } from "../model/index.ts";

/** A limit that was reached. */
export interface ReachedLimit {
  readonly limit: LimitName;
  /** The limit and its value at the time of reading: items in flight count until they have ended. */
  readonly message: string;
  /** How to go on with a higher limit, also at the time of reading. */
  readonly hint: LimitHint;
}

export interface LimitDeps {
  readonly sessionId: string;
  readonly control: RunControl;
  /** What the session did before this run. @default nothing */
  readonly counts?: ItemCounts;
  readonly usage?: Usage;
}

/** Watches a run's limits and drains the run when one is reached. */
export class LimitGuard implements Budget {
  readonly #limits: RunLimits;
  readonly #deps: LimitDeps;
  /** Failed items, counted when their step gives up. */
  #failed: number;
  /** Items that were processed to an end, and the failed ones among them, counted once that is durable. */
  #worked: number;
  #failedOfWorked: number;
  /** By step. */
  readonly #failedInARow = new Map<string, number>();
  #begun = 0;
  #tokens: number;
  #cost: number;

  constructor(limits: RunLimits, deps: LimitDeps) {
    assertRunLimits(limits);
    this.#limits = limits;
    this.#deps = deps;
    const { counts = NO_ITEMS, usage = NO_USAGE } = deps;
    this.#failed = counts.failed;
    this.#failedOfWorked = counts.failed;
    this.#worked = counts.failed + counts.completed + counts.review;
    const spent = spentIn(usage);
    this.#tokens = spent.tokens;
    this.#cost = spent.cost;
  }

  /** Stops the run when a limit is reached already, by what the session did before. */
  check(): void {
    this.#stopAt(this.#overFailures() ?? this.#overShare() ?? this.#overCost() ?? this.#overTokens());
  }

  /** Counts what a call costs, also while it is under way. */
  spend({ tokens, cost }: Spent): void {
    this.#tokens += tokens;
    this.#cost += cost;
    this.#stopAt(this.#overCost() ?? this.#overTokens());
  }

  get isUsedUp(): boolean {
    const { maxCost = Infinity, maxTokens = Infinity } = this.#limits;
    return this.#cost >= maxCost || this.#tokens >= maxTokens;
  }

  /** Counts the end of a step before it is written: the sooner a failure counts, the fewer calls follow. */
  stepEnded(step: string, { failed }: { readonly failed: boolean }): void {
    const inARow = failed ? (this.#failedInARow.get(step) ?? 0) + 1 : 0;
    this.#failedInARow.set(step, inARow);
    if (!failed) return;
    this.#failed += 1;
    this.#stopAt(this.#overFailures() ?? this.#overRow(inARow));
  }

  /** An item ended, and that is durable. Shares are judged by these, since items that work take longer to end. */
  itemEnded(status: ItemStatus): void {
    if (!WORKED.has(status)) return;
    this.#worked += 1;
    if (status !== ItemStatus.failed) return;
    this.#failedOfWorked += 1;
    this.#stopAt(this.#overShare());
  }

  /** Whether the source may be asked for one more item. `false` ends the reading; started items are finished. */
  mayBegin(): boolean {
    const { limit = Infinity } = this.#limits;
    this.#begun += 1;
    return this.#begun <= limit;
  }

  /** The source was read as far as this run may, and all started items are finished. */
  feedEnded(): void {
    const { limit = Infinity } = this.#limits;
    if (this.#begun > limit) {
      this.#stopAt({
        limit: "limit",
        message: `${items(limit)} started, which is this run's limit`,
        hint: { kind: "take_next", limit, sessionId: this.#deps.sessionId },
      });
    }
  }

  #overFailures(): ReachedLimit | undefined {
    const { failOnError } = this.#limits;
    if (typeof failOnError !== "number" || this.#failed < failOnError) return undefined;
    return this.#reached("failOnError", () => ({
      found: `${items(this.#failed)} failed, and the limit is ${failOnError}`,
      to: 2 * this.#failed,
    }));
  }

  #overShare(): ReachedLimit | undefined {
    const { failOnError } = this.#limits;
    if (typeof failOnError !== "string") return undefined;
    const share = this.#failedShare;
    const most = parseFloat(failOnError);
    if (this.#worked < SHARE_NEEDS_ITEMS || share < most) return undefined;
    const found = `${this.#failedOfWorked} of ${this.#worked} items failed (${round(share)}%), and the limit is ${failOnError}`;
    return this.#reached("failOnError", () => {
      const raised = Math.ceil(1.5 * Math.max(share, this.#failedShare));
      return { found, to: raised < 100 ? `${raised}%` : 2 * this.#failed };
    });
  }

  /** In percent. */
  get #failedShare(): number {
    return (100 * this.#failedOfWorked) / this.#worked;
  }

  #overRow(inARow: number): ReachedLimit | undefined {
    const { maxConsecutiveFailures: most = Infinity } = this.#limits;
    if (inARow < most) return undefined;
    return this.#reached("maxConsecutiveFailures", () => ({
      found: `${items(inARow)} failed in a row, and the limit is ${most}`,
      to: 2 * most,
    }));
  }

  #overCost(): ReachedLimit | undefined {
    const { maxCost = Infinity } = this.#limits;
    if (this.#cost < maxCost) return undefined;
    return this.#reached("maxCost", () => ({
      found: `the session has cost ${round(this.#cost)}, and the limit is ${maxCost}`,
      to: round(2 * this.#cost),
    }));
  }

  #overTokens(): ReachedLimit | undefined {
    const { maxTokens = Infinity } = this.#limits;
    if (this.#tokens < maxTokens) return undefined;
    return this.#reached("maxTokens", () => ({
      found: `the session has used ${this.#tokens} tokens, and the limit is ${maxTokens}`,
      to: 2 * this.#tokens,
    }));
  }

  #reached(limit: HintOf<"raise_limit">["limit"], advise: () => Advice): ReachedLimit {
    const { sessionId } = this.#deps;
    return {
      limit,
      get message() {
        return advise().found;
      },
      get hint(): LimitHint {
        return { kind: "raise_limit", limit, to: advise().to, sessionId };
      },
    };
  }

  #stopAt(reached: ReachedLimit | undefined): void {
    if (!reached) return;
    this.#deps.control.stop({
      kind: "limit",
      limit: reached.limit,
      get message() {
        return reached.message;
      },
      get hint() {
        return reached.hint;
      },
    });
  }
}

/** The reason why a limit was reached, and the limit to go on with. */
interface Advice {
  readonly found: string;
  readonly to: number | string;
}

const WORKED: ReadonlySet<ItemStatus> = new Set([ItemStatus.completed, ItemStatus.review, ItemStatus.failed]);

const items = (count: number): string => (count === 1 ? "1 item" : `${count} items`);

/** Enough digits to tell a small amount from nothing. */
const round = (value: number): number => Number(value.toPrecision(4));
