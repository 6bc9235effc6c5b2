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
  /** The places of the items that it stands for and that are still to be done, without itself. */
  readonly rest: readonly number[];
}

/** Gives each item that is still to be done to the measured item that is nearest to it in size. */
export function groupBySize(
  sizes: readonly number[],
  measured: readonly number[],
  isToDo: (place: number) => boolean = () => true,
): readonly SizeGroup[] {
  const order = bySize(sizes);
  const isMeasured = new Set(measured);
  const centres = order.flatMap((place, rank) => (isMeasured.has(place) ? [{ place, rank }] : []));
  const rests: number[][] = centres.map(() => []);
  let at = 0;
  for (const [rank, place] of order.entries()) {
    while (distance(centres[at + 1], rank) < distance(centres[at], rank)) at += 1;
    if (!isMeasured.has(place) && isToDo(place)) rests[at]?.push(place);
  }
  return centres.map(({ place }, centre) => ({ measured: place, rest: rests[centre] ?? [] }));
}

const distance = (centre: { readonly rank: number } | undefined, rank: number): number =>
  centre === undefined ? Infinity : Math.abs(centre.rank - rank);

/** A part of what a measured item took, and by what measure of the items it grows. */
export interface Share {
  /** What the item at that place took of it. */
  readonly of: (place: number) => number;
  /** The measure of any item, such as its size. */
  readonly by: (place: number) => number;
}

/** How often the sums are drawn again for the range, and which share of them lies below and above it. */
const DRAWS = 1000;
const TAILS = 0.05;

/**
 * What the rest will take, when the items of each group take as much for their measure as the measured one did (a separate
 * ratio estimate). The range holds nine of ten sums in which each group takes what it or a neighbour was measured to take
 * (a bootstrap), and is never narrower than {@link leastDoubt}. `undefined` when nothing was measured.
 */
export function project(groups: readonly SizeGroup[], shares: readonly Share[]): Projected | undefined {
  if (groups.length === 0) return undefined;
  // Row by group, column by the group whose ratio is taken.
  const sums = groups.map(({ rest }, at) =>
    neighboursOf(groups, at).map(({ measured }) =>
      shares.reduce((sum, { of, by }) => {
        const measure = by(measured);
        const all = rest.reduce((total, place) => total + by(place), 0);
        return sum + (measure > 0 ? (all * of(measured)) / measure : 0);
      }, 0),
    ),
  );
  const likely = sums.reduce((sum, row, at) => sum + (row[at === 0 ? 0 : 1] ?? 0), 0);
  const drawn = drawnSums(sums).sort((a, b) => a - b);
  const doubt = leastDoubt(groups.length);
  return {
    likely,
    least: Math.min(drawn[Math.floor(DRAWS * TAILS)] ?? likely, likely / doubt),
    most: Math.max(drawn[Math.ceil(DRAWS * (1 - TAILS)) - 1] ?? likely, likely * doubt),
  };
}

/** The factor by which a projection from so many items may be off in any case: 2 from one, 1.36 from five, 1.17 from twenty. */
export const leastDoubt = (measured: number): number => 2 ** (1 / Math.sqrt(measured));

/** A group with those beside it, the one before it first. */
const neighboursOf = (groups: readonly SizeGroup[], at: number): readonly SizeGroup[] =>
  groups.slice(Math.max(0, at - 1), at + 2);

function drawnSums(sums: readonly (readonly number[])[]): number[] {
  const random = randomNumbers(1);
  return Array.from({ length: DRAWS }, () =>
    sums.reduce((sum, row) => sum + (row[Math.floor(random() * row.length)] ?? 0), 0),
  );
}
