/** With a million ids, one new id in two hundred causes a needless look-up. */
const BITS = 2 ** 24;

/**
 * Distinguishes most new items from seen ones without a database query, in 2 MB however many there are (a Bloom
 * filter). It may mistake a new item for a seen one, never a seen one for new.
 */
export class SeenIds {
  /** `undefined` when not every known item was seen here. */
  #bits: Uint32Array | undefined;

  /** `isComplete`: no item is known yet, and each one will be added. */
  constructor({ isComplete }: { readonly isComplete: boolean }) {
    this.#bits = isComplete ? new Uint32Array(BITS / 32) : undefined;
  }

  add(phase: string, itemId: string): void {
    const bits = this.#bits;
    if (!bits) return;
    for (const bit of placesOf(phase, itemId)) bits[bit >>> 5] = (bits[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }

  mayHold(phase: string, itemId: string): boolean {
    const bits = this.#bits;
    return !bits || placesOf(phase, itemId).every((bit) => ((bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0);
  }

  /** Items may get new ids from here on, unseen. */
  giveUp(): void {
    this.#bits = undefined;
  }
}

/** Three bits for each item, by two hashes (FNV-1a with two primes). */
function placesOf(phase: string, itemId: string): readonly [number, number, number] {
  let first = 0x811c9dc5;
  let second = phase.length;
  for (const text of [phase, itemId]) {
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      first = Math.imul(first ^ code, 0x01000193);
      second = Math.imul(second ^ code, 0x85ebca6b);
    }
  }
  // The low bits of a product depend on the low bits of its factors alone: the high ones are folded in.
  const start = first ^ (first >>> 15);
  const stride = (second ^ (second >>> 13)) | 1;
  const last = BITS - 1;
  return [start & last, (start + stride) & last, (start + 2 * stride) & last];
}
