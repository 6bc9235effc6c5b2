/**
 * A generator of numbers in [0, 1) that gives the same row for the same seed (T. Ettinger's mulberry32, public domain).
 *
 * @example
 * ```ts
 * import { waitRandom } from "holdfast/retry";
 * import { retryState, seededRandom } from "holdfast/retry/testing";
 *
 * const draw = (seed: number): number => waitRandom({ max: "1s" })(retryState({ random: seededRandom(seed) }));
 * console.log(draw(1) === draw(1), draw(1) === draw(2));
 * // prints: true false
 * ```
 */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
