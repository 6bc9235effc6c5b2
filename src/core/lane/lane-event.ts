/**
 * Something that happened to a lane.
 * - `paused`: the API asked us to slow down; nobody calls for `forMs`.
 * - `opened`: the API counts as down, as a circuit that is open; only probes go out.
 * - `closed`: it answers again, `afterMs` after the trouble began.
 * - `limit`: `concurrency` calls at once from now on.
 * - `gave_up`: the run ends for it.
 */
export type LaneChange =
  | { readonly change: "paused"; readonly forMs: number }
  | { readonly change: "opened" }
  | { readonly change: "closed"; readonly afterMs: number }
  | { readonly change: "limit"; readonly concurrency: number }
  | { readonly change: "gave_up" };

/** A change of a lane, when it was, and a sentence for people. */
export type LaneEvent = LaneChange & {
  readonly lane: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly message: string;
};
