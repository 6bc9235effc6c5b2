/** Where time comes from: the same shape as the retry engine's clock, so one fake serves both. */
export interface Clock {
  /** Milliseconds on a clock that never goes back; only differences mean anything. */
  now(): number;
  /** Milliseconds since 1970, for dates that people read. */
  wallNow(): number;
}

/** The machine's own clocks: the outermost default, never read where a clock was handed in. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
};
