import type { Range } from "../estimate.ts";
import { bySize, randomNumbers } from "./choose-sample.ts";

/** An amount that is expected, and the range that it probably lies in. */
export interface Projected extends Range {
  readonly likely: number;
}

/** A measured item, and the items that it stands for: those that are nearest to it in the order of sizes. */
export interface SizeGroup {
  /** The place of the measured item. */
  readonly measured: number;
  /** Its size, at least 1. */
  readonly size: number;
  /** How many items it stands for, itself and those that need no work left out. */
  readonly restItems: number;
  /** Their sizes together. */
  readonly restSize: number;
}

/** Gives each item that is still to be done to the measured item that is nearest to it in size. */
export function groupBySize(
  sizes: readonly number[],
  measured: readonly number[],
  isToDo: (place: number) => boolean,
): readonly SizeGroup[] {
  const order = bySize(sizes);
  const isMeasured = new Set(measured);
  const centres = order.flatMap((place, rank) => (isMeasured.has(place) ? [{ place, rank }] : []));
  const groups = centres.map(({ place }) => ({
    measured: place,
    size: sizeAt(sizes, place),
    restItems: 0,
    restSize: 0,
  }));
  let at = 0;
  for (const [rank, place] of order.entries()) {
    while (at + 1 < centres.length && distance(centres[at + 1], rank) < distance(centres[at], rank)) at += 1;
    const group = groups[at];
    if (group === undefined || isMeasured.has(place) || !isToDo(place)) continue;
    group.restItems += 1;
    group.restSize += sizeAt(sizes, place);
  }
  return groups;
}

const distance = (centre: { readonly rank: number } | undefined, rank: number): number =>
  centre === undefined ? Infinity : Math.abs(centre.rank - rank);

const sizeAt = (sizes: readonly number[], place: number): number => Math.max(1, sizes[place] ?? 1);

/** How often the sums are drawn again for the range, and which share of them lies in it. */
const DRAWS = 1000;
const TAILS = 0.05;

/**
 * What the rest will take, when each group takes as much for its size as its measured item did (a separate ratio estimate).
 * The range holds nine of ten sums in which each group takes what it or a neighbour was measured to take (a bootstrap), and
 * is never narrower than {@link leastDoubt}. `undefined` when nothing was measured.
 */
export function project(groups: readonly SizeGroup[], valueOf: (place: number) => number): Projected | undefined {
  if (groups.length === 0) return undefined;
  const ratios = groups.map(({ measured, size }) => valueOf(measured) / size);
  const likely = groups.reduce((sum, { restSize }, at) => sum + restSize * (ratios[at] ?? 0), 0);
  const sums = drawnSums(groups, ratios).sort((a, b) => a - b);
  const doubt = leastDoubt(groups.length);
  return {
    likely,
    least: Math.min(sums[Math.floor(DRAWS * TAILS)] ?? likely, likely / doubt),
    most: Math.max(sums[Math.ceil(DRAWS * (1 - TAILS)) - 1] ?? likely, likely * doubt),
  };
}

/** The factor by which a projection from so many items may be off in any case: 2 from one, 1.36 from five, 1.17 from twenty. */
export const leastDoubt = (measured: number): number => 2 ** (1 / Math.sqrt(measured));

function drawnSums(groups: readonly SizeGroup[], ratios: readonly number[]): number[] {
  const random = randomNumbers(1);
  return Array.from({ length: DRAWS }, () =>
    groups.reduce((sum, { restSize }, at) => {
      const from = Math.max(0, at - 1);
      const neighbours = Math.min(groups.length, at + 2) - from;
      return sum + restSize * (ratios[from + Math.floor(random() * neighbours)] ?? 0);
    }, 0),
  );
}
