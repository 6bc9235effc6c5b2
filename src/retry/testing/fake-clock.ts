import { yieldToEventLoop, type Clock } from "../time/index.ts";

interface FakeTimer {
  readonly atMs: number;
  readonly callback: () => void;
}

/**
 * A clock for tests. Sleeps and time limits of a policy that uses it take no real time: whenever nothing else is ready
 * to run, the clock jumps to the next timer. `new Retrying({ ...options, clock: new FakeClock() })`.
 *
 * Pending I/O does not count as ready to run, so an attempt under a time limit should wait with {@link sleep}.
 *
 * @example
 * ```ts
 * import { retry, waitFixed } from "holdfast/retry";
 * import { FakeClock } from "holdfast/retry/testing";
 *
 * const clock = new FakeClock();
 * const fetchPage = async (): Promise<string> => {
 *   throw new Error("down");
 * };
 * await retry(fetchPage, { wait: waitFixed("1h"), clock }).catch((error) => console.log(error.message));
 * console.log(clock.now());
 * // prints: `fetchPage` gave up after 3 attempts (attempts): Error: down
 * // prints: 7200000
 * ```
 */
export class FakeClock implements Clock {
  #nowMs = 0;
  #isAdvancing = false;
  readonly #wallStartMs: number;
  readonly #timers = new Set<FakeTimer>();

  constructor({ wallStartMs = Date.UTC(2026, 0, 1) }: { readonly wallStartMs?: number | undefined } = {}) {
    this.#wallStartMs = wallStartMs;
  }

  /** Milliseconds since this clock was made. */
  now(): number {
    return this.#nowMs;
  }

  /** Milliseconds since 1970: the start that was given, plus the time that has passed. */
  wallNow(): number {
    return this.#wallStartMs + this.#nowMs;
  }

  /** How many timers have not fired. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Lets time pass without firing anything: for an attempt that blocks. */
  pass(ms: number): void {
    this.#nowMs += ms;
  }

  /** Resolves after `ms` of this clock: for an attempt that takes its time. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.startTimer(resolve, ms));
  }

  /** Calls `callback` after `delayMs` of this clock, and never when it is Infinity; returns what cancels it. */
  readonly startTimer = (callback: () => void, delayMs: number): (() => void) => {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    void this.#advance();
    return () => void this.#timers.delete(timer);
  };

  async #advance(): Promise<void> {
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    for (let next = await this.#nextTimer(); next !== undefined; next = await this.#nextTimer()) {
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
    }
    this.#isAdvancing = false;
  }

  /** The earliest timer once everything that is ready has run; of two at the same time, the older one. */
  async #nextTimer(): Promise<FakeTimer | undefined> {
    await yieldToEventLoop();
    let earliest: FakeTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.atMs < (earliest?.atMs ?? Infinity)) earliest = timer;
    }
    return earliest;
  }
}
