/**
 * A worker's lease on a job, and how often abandoned ones are looked for: one is noticed at the second look, so that a
 * dead worker's item goes on within five seconds.
 */
export const LOCK_MS = 3_000;
export const LOOK_FOR_STALLED_MS = 500;
