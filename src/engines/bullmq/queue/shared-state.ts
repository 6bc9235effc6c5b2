/// <reference lib="esnext.disposable" preserve="true" />

/** So much of one window. */
export interface PermitWindow {
  /** What is counted in it: calls that share a lane, a kind and a length share the window. */
  readonly counts: "requests" | "tokens";
  /** Milliseconds. */
  readonly perMs: number;
  readonly limit: number;
  /** What the call takes of it: 1 of a window of requests, its tokens of a window of tokens. */
  readonly amount: number;
  /**
   * A call has reached the API after so long, or when it has ended: it is counted from then on, since the way there takes
   * longer for one call than for another. Milliseconds.
   */
  readonly arrivesWithinMs: number;
}

/** One call that wants to go out. */
export interface Permit {
  /** Unique among all calls of all processes. */
  readonly id: string;
  /** Which process wants it: of a lane that is down, those who found it so may try it. */
  readonly asker: string;
  /** Calls at once, in the whole fleet. */
  readonly concurrency: number;
  readonly windows: readonly PermitWindow[];
  /** After so long without a renewal, the slot of a process that died is free again. Milliseconds. */
  readonly leaseMs: number;
}

/**
 * What came of asking for a permit. `full`: all slots are taken. `down`: another process found that the API cannot be
 * reached, and tries it. `later`: there is room in so many milliseconds, as far as is known now.
 */
export type PermitAnswer =
  | { readonly kind: "taken" | "full" | "down" }
  | { readonly kind: "later"; readonly waitMs: number };

/** How a call ended, as far as the lane is concerned. `unreached`: the API was not there; `unknown`: that cannot be told. */
export interface Released {
  readonly outcome: "answered" | "unreached" | "unknown";
  /** What it took of each window in truth, when that is known. */
  readonly amounts?: readonly number[] | undefined;
}

/** What is known of the API after a call ended. */
export interface Reach {
  /** Calls of all processes that did not reach it, since the last one that did. */
  readonly unreached: number;
  /** Whether another process found that it cannot be reached. */
  readonly isDown: boolean;
}

/** Who says that a lane is down, and for how long that holds when nothing more is heard of it. */
export interface DownMark {
  readonly asker: string;
  /** Milliseconds. */
  readonly leaseMs: number;
}

/**
 * What the owner of a session and all its workers share, beside the queue: values under keys, and the state of lanes. It
 * lives in the queue's own database and uses that database's clock, so that the clocks of the machines may differ.
 */
export interface SharedState extends AsyncDisposable {
  /** Keeps a value; with `ttlMs`, for so long only. */
  put(key: string, value: string, options?: { readonly ttlMs?: number }): Promise<void>;
  get(key: string): Promise<string | undefined>;
  remove(keys: readonly string[]): Promise<void>;
  /** The values of all keys that begin so. */
  list(prefix: string): Promise<readonly string[]>;

  /** Takes a slot of a lane and room in all windows, all or nothing. */
  take(lane: string, permit: Permit): Promise<PermitAnswer>;
  /** Gives the slot back; what the call took of the windows stays taken, corrected where that is known. */
  release(lane: string, permit: Permit, released: Released): Promise<Reach>;
  /** Keeps slots for another `leaseMs`. */
  renew(lane: string, ids: readonly string[], leaseMs: number): Promise<void>;
  /** Nobody calls for so long. A longer quiet that was asked for before stays. */
  quiet(lane: string, forMs: number): Promise<void>;
  /** Only `asker` calls from now on, and one at a time; several processes may be at that at once. */
  markDown(lane: string, mark: DownMark): Promise<void>;
  /** Keeps a mark that is still there for another `leaseMs`. */
  keepDown(lane: string, mark: DownMark): Promise<void>;
  /** The API answers: everybody may call again. */
  markUp(lane: string): Promise<void>;
}
