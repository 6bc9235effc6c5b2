/** What may lie in a {@link Bag}. */
export interface InBag {
  /** Its place there; -1 while it is in none. Only the bag changes it. */
  slot: number;
}

/**
 * Things that come and go by the million, a few at a time, in no order. A `Set` is copied again and again as they do, and V8
 * lets each copy, once it is old, keep the next one alive with all that it held, until a full collection: with a `Set` here,
 * a tenth of all that a step makes was copied and kept for that long.
 */
export class Bag<T extends InBag> {
  readonly #all: T[] = [];

  get size(): number {
    return this.#all.length;
  }

  add(one: T): void {
    if (one.slot !== -1) return;
    one.slot = this.#all.length;
    this.#all.push(one);
  }

  /** Returns whether it was there. */
  delete(one: T): boolean {
    const { slot } = one;
    if (this.#all[slot] !== one) return false;
    const last = this.#all.pop();
    if (last !== undefined && last !== one) {
      this.#all[slot] = last;
      last.slot = slot;
    }
    one.slot = -1;
    return true;
  }

  /** A copy: what is done with one of them may take it out. */
  list(): readonly T[] {
    return [...this.#all];
  }
}
