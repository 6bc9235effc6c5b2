/** Several measurements of the same thing, in order of size. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** What several rounds gave. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  return { median: at(Math.floor(sorted.length / 2)), min: at(0), max: at(sorted.length - 1) };
}

/** A row of a table: one contender. */
export interface Row {
  readonly name: string;
  readonly figure: Spread;
  /** Beside the bare loop in the same round; absent for the bare loop. */
  readonly ratio: Spread | undefined;
  readonly note?: string;
}
