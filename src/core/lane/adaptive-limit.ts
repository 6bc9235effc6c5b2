/**
 * An adaptive limit of concurrent calls: halved when the API asks to slow down, raised by one after a number of
 * successes, never above the configured limit and never below one.
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

  /** Halves the limit; returns whether that changed it. */
  halve(): boolean {
    const before = this.#current;
    this.#current = Math.max(1, Math.floor(before / 2));
    this.#successes = 0;
    return this.#current !== before;
  }

  /** Counts a success; returns whether the limit grew. */
  succeed(): boolean {
    if (this.#current >= this.#most) return false;
    this.#successes += 1;
    if (this.#successes < this.#successesToGrow) return false;
    this.#successes = 0;
    this.#current += 1;
    return true;
  }
}
