/** An amount that a window counts until it is older than the window. It can be corrected when the real amount is known. */
export interface Taken {
  amount: number;
  /** When the first and the last of it was taken. */
  readonly fromMs: number;
  untilMs: number;
}

/**
 * About how many entries a window keeps: with a larger limit, amounts within a thousandth of its length share one
 * entry.
 */
const RESOLUTION = 1000;

/**
 * A sliding window: no period of its length holds more than its limit. Times come from the caller and must not go back.
 * Memory is bounded whatever the limit is.
 */
export class RateWindow {
  readonly limit: number;
  readonly perMs: number;
  /** Oldest first. */
  readonly #entries: Taken[] = [];
  #sum = 0;

  constructor({ limit, perMs }: { readonly limit: number; readonly perMs: number }) {
    this.limit = limit;
    this.perMs = perMs;
  }

  /** Milliseconds until `amount` fits; 0 when it does now, `Infinity` when it never will. */
  waitMs(amount: number, nowMs: number): number {
    if (amount > this.limit) return Infinity;
    this.#forget(nowMs);
    let excess = this.#sum + amount - this.limit;
    for (const entry of this.#entries) {
      if (excess <= 0) break;
      excess -= entry.amount;
      if (excess <= 0) return entry.untilMs + this.perMs - nowMs;
    }
    return 0;
  }

  /** Counts `amount` from now on. Ask {@link waitMs} first. */
  take(amount: number, nowMs: number): Taken {
    this.#forget(nowMs);
    this.#sum += amount;
    const last = this.#entries.at(-1);
    // An entry ages by its last part, so that sharing one never lets through too much.
    if (last && this.limit > RESOLUTION && nowMs - last.fromMs < this.perMs / RESOLUTION) {
      last.amount += amount;
      last.untilMs = nowMs;
      return last;
    }
    const entry = { amount, fromMs: nowMs, untilMs: nowMs };
    this.#entries.push(entry);
    return entry;
  }

  /** Corrects an amount, up or down. An entry that has left the window is ignored. */
  correct(taken: Taken, by: number): void {
    if (!this.#entries.includes(taken)) return;
    taken.amount += by;
    this.#sum += by;
  }

  #forget(nowMs: number): void {
    let gone = 0;
    for (const entry of this.#entries) {
      if (entry.untilMs + this.perMs > nowMs) break;
      this.#sum -= entry.amount;
      gone += 1;
    }
    if (gone > 0) this.#entries.splice(0, gone);
  }
}
