import type { Clock } from "../retry/index.ts";

export type { Clock } from "../retry/index.ts";

/** The clocks of this machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
};
