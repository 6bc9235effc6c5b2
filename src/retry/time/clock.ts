import type { StartTimer } from "./timer.ts";

/** Where time comes from. */
export interface Clock {
  /** Monotonic milliseconds, for everything that is measured. */
  now(): number;
  /** Milliseconds since 1970, for the dates in HTTP headers only. */
  wallNow(): number;
  /** Timers in this clock's time, for sleeps and timeouts. @default the platform's timers */
  readonly startTimer?: StartTimer | undefined;
}

/**
 * The machine's own clocks: the default, never read when a clock is passed in. They are looked up on each call, so fake
 * timers work.
 */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
};
