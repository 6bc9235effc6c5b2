/** What calls have cost. */
export interface Spent {
  readonly tokens: number;
  /** In the currency of the prices; 0 where there is none. */
  readonly cost: number;
}

export const NOTHING_SPENT: Spent = Object.freeze({ tokens: 0, cost: 0 });

/** What a run may spend. Where servers do not report what a call cost, it is told an estimate. */
export interface Budget {
  /** Counts what a call that is under way has cost since it was counted last. */
  spend(more: Spent): void;
  /** Whether the run may spend nothing more. */
  readonly isUsedUp: boolean;
}

/** The budget of who has no limits, or counts elsewhere. */
export const NO_BUDGET: Budget = Object.freeze({ spend: () => {}, isUsedUp: false });
