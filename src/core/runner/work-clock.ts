import { startTimer as startPlatformTimer } from "../../retry/time/index.ts";
import type { Clock } from "../base/index.ts";

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
  readonly unref: boolean | undefined;
  cancel: (() => void) | undefined;
}

/** Timers fire up to 0.9 ms early. */
const EARLY_MS = 1;

/**
 * The clock that a step's time limits go by: it stands still while the step waits for its turn in a lane. A queue, a rate
 * limit and an outage have limits of their own, and are no fault of the item that waits.
 */
export class WorkClock implements Clock {
  readonly #clock: Clock;
  readonly #timers = new Set<Timer>();
  /** Calls of the step that wait in a lane now. */
  #waiting = 0;
  #stoodStillMs = 0;
  #stoppedAtMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return (this.#waiting > 0 ? this.#stoppedAtMs : this.#clock.now()) - this.#stoodStillMs;
  }

  wallNow(): number {
    return this.#clock.wallNow();
  }

  readonly startTimer = (callback: () => void, delayMs: number, unref?: boolean): (() => void) => {
    const timer: Timer = { dueMs: this.now() + delayMs, callback, unref, cancel: undefined };
    this.#timers.add(timer);
    this.#arm(timer);
    return () => {
      timer.cancel?.();
      this.#timers.delete(timer);
    };
  };

  /** A call of the step begins to wait. */
  stop(): void {
    if (this.#waiting === 0) this.#stoppedAtMs = this.#clock.now();
    this.#waiting += 1;
  }

  /** It waits no longer. */
  goOn(): void {
    this.#waiting -= 1;
    if (this.#waiting > 0) return;
    this.#stoodStillMs += this.#clock.now() - this.#stoppedAtMs;
    for (const timer of this.#timers) if (!timer.cancel) this.#arm(timer);
  }

  #arm(timer: Timer): void {
    // No timer of the platform takes Infinity, and one that never fires need not be started.
    if (timer.dueMs === Infinity) return;
    const start = this.#clock.startTimer ?? startPlatformTimer;
    timer.cancel = start(() => this.#fire(timer), Math.max(0, timer.dueMs - this.now()), timer.unref);
  }

  #fire(timer: Timer): void {
    timer.cancel = undefined;
    if (this.#waiting > 0) return;
    if (this.now() < timer.dueMs - EARLY_MS) return this.#arm(timer);
    this.#timers.delete(timer);
    timer.callback();
  }
}
