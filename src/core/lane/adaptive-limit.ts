/**
 * Calls at once, as many as the API bears: halved when it asks to slow down, one more after every so many successes,
 * never above what was configured and never below one.
 */
export class AdaptiveLimit {
  readonly #most: number;
  readonly #successesToGrow: number;
  #current: number;
  #successes = 0;

  constructor({ most, successesToGrow }: { readonly most: number; readonly successesToGrow: number }) {
    this.#most = most;
    this.#successesToGrow = successesToGrow;
    this.#current = most;
  }

  get current(): number {
    return this.#current;
  }

  /** Halves the limit; says whether that changed it. */
  halve(): boolean {
    const before = this.#current;
    this.#current = Math.max(1, Math.floor(before / 2));
    this.#successes = 0;
    return this.#current !== before;
  }

  /** Counts a success; says whether the limit grew by it. */
  succeed(): boolean {
    if (this.#current >= this.#most) return false;
    this.#successes += 1;
    if (this.#successes < this.#successesToGrow) return false;
    this.#successes = 0;
    this.#current += 1;
    return true;
  }
}
