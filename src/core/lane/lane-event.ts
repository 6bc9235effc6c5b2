import type { ToldLimit } from "../base/index.ts";

/**
 * Something that happened to a lane.
 * - `paused`: the API asked us to slow down; no calls for `forMs`.
 * - `opened`: the circuit is open: the API counts as down, and only probes go out.
 * - `closed`: the circuit is closed: the API answers again, `afterMs` after the trouble began.
 * - `limit`: the concurrency limit is now `concurrency`.
 * - `told`: the API told of limits that were not known, are other ones now, or have nothing left; only those are listed.
 * - `gave_up`: the outage lasted too long, and the run ends.
 */
export type LaneChange =
  | { readonly change: "paused"; readonly forMs: number }
  | { readonly change: "opened" }
  | { readonly change: "closed"; readonly afterMs: number }
  | { readonly change: "limit"; readonly concurrency: number }
  | { readonly change: "told"; readonly limits: readonly ToldLimit[] }
  | { readonly change: "gave_up" };

/** A change of a lane, with its time and a sentence for people. */
export type LaneEvent = LaneChange & {
  readonly lane: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly message: string;
};
