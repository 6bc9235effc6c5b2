/** What decides which caller goes next. */
export interface Waiting {
  /** Higher goes first. */
  readonly priority: number;
  /** Since when; among equals the longest wait goes first. Milliseconds of the run's clock. */
  readonly sinceMs: number;
  /** How often it was sent to see whether an API that is down is back. */
  readonly probes: number;
}

/** The callers that wait for a lane, in the order in which they may go. */
export class LaneQueue<W extends Waiting> {
  /** Next first. */
  readonly #waiting: W[] = [];

  get length(): number {
    return this.#waiting.length;
  }

  /** The next caller; undefined when none waits. */
  get first(): W | undefined {
    return this.#waiting[0];
  }

  /** The next caller to probe: one that has probed least, so that no single bad item decides about the API. */
  get prober(): W | undefined {
    let prober = this.#waiting[0];
    for (const waiting of this.#waiting) {
      if (prober && waiting.probes < prober.probes) prober = waiting;
    }
    return prober;
  }

  add(waiting: W): void {
    let low = 0;
    let high = this.#waiting.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#waiting[middle];
      if (other && goesBefore(waiting, other)) high = middle;
      else low = middle + 1;
    }
    this.#waiting.splice(low, 0, waiting);
  }

  has(waiting: W): boolean {
    return this.#waiting.includes(waiting);
  }

  remove(waiting: W): void {
    const index = this.#waiting.indexOf(waiting);
    if (index >= 0) this.#waiting.splice(index, 1);
  }

  /** Removes those, and returns them. */
  takeOut(isMeant: (waiting: W) => boolean): readonly W[] {
    const found = this.#waiting.filter(isMeant);
    for (const waiting of found) this.remove(waiting);
    return found;
  }

  /** Removes all callers. */
  clear(): readonly W[] {
    return this.#waiting.splice(0);
  }
}

const goesBefore = (a: Waiting, b: Waiting): boolean =>
  a.priority === b.priority ? a.sinceMs < b.sinceMs : a.priority > b.priority;
