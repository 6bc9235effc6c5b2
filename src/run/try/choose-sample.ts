/** How a sample is chosen. */
export interface SampleChoice {
  /** How many items; all of them when there are fewer. */
  readonly count: number;
  /** Draws another item of each group: the same one for the same number. @default the middle of each group */
  readonly seed?: number | undefined;
}

/**
 * Chooses items that are spread over all sizes. The items are put in order of size and cut into `count` groups of equally
 * many, and the one in the middle of each group is taken. Gives their places in `sizes`, the smallest first; the same ones
 * each time.
 */
export function chooseSample(sizes: readonly number[], { count, seed }: SampleChoice): readonly number[] {
  const order = bySize(sizes);
  const groups = Math.min(count, order.length);
  const random = seed === undefined ? undefined : randomNumbers(seed);
  return Array.from({ length: groups }, (_, group) => {
    const from = Math.floor((group * order.length) / groups);
    const to = Math.floor(((group + 1) * order.length) / groups);
    const at = random ? from + Math.floor(random() * (to - from)) : Math.floor((from + to - 1) / 2);
    return order[at] ?? 0;
  });
}

/** The places of sizes, the smallest first; of equal ones the earlier first. */
export function bySize(sizes: readonly number[]): readonly number[] {
  return sizes.map((_, place) => place).sort((a, b) => (sizes[a] ?? 0) - (sizes[b] ?? 0) || a - b);
}

/** Numbers from 0 to below 1 that look random, the same ones for the same seed (mulberry32, Tommy Ettinger, public domain). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
