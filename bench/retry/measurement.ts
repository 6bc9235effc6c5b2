/** Several measurements of the same thing: the one in the middle, and the bounds of the middle half. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** What several rounds gave. A machine with other work spoils some of them, so the extremes reflect that work. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

/** A row of a table: one contender. */
export interface Row {
  readonly name: string;
  readonly figure: Spread;
  /** Beside the bare loop in the same round; absent for the bare loop. */
  readonly ratio: Spread | undefined;
  readonly note?: string;
}
