import type { Clock } from "../../retry/index.ts";

export type { Clock };

/** The machine's own clocks: the outermost default, never read where a clock was handed in. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
};
