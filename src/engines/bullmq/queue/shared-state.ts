/// <reference lib="esnext.disposable" preserve="true" />

/** A share of one window. */
export interface PermitWindow {
  /** What it counts: calls with the same lane, kind and length share the window. */
  readonly counts: "requests" | "tokens";
  /** Milliseconds. */
  readonly perMs: number;
  readonly limit: number;
  /** The call's amount: 1 in a window of requests, its tokens in a window of tokens. */
  readonly amount: number;
  /**
   * A call has reached the API after so long, or when it has ended: it is counted from then on, since the way there takes
   * longer for one call than for another. Milliseconds.
   */
  readonly arrivesWithinMs: number;
}

/** One call that asks for a permit. */
export interface Permit {
  /** Unique among all calls of all processes. */
  readonly id: string;
  /** The process that asks: while a lane is down, only the processes that found it down may probe it. */
  readonly asker: string;
  /** Calls at once, in the whole fleet. */
  readonly concurrency: number;
  readonly windows: readonly PermitWindow[];
  /** After so long without a renewal, the slot of a process that died is free again. Milliseconds. */
  readonly leaseMs: number;
}

/**
 * The answer to a request for a permit. `full`: all slots are taken. `down`: another process found that the API cannot
 * be reached, and probes it. `later`: there is room in so many milliseconds, as far as is known now.
 */
export type PermitAnswer =
  | { readonly kind: "taken" | "full" | "down" }
  | { readonly kind: "later"; readonly waitMs: number };

/** How a call ended for the lane. `unreached`: the API was not reached; `unknown`: it may have been. */
export interface Released {
  readonly outcome: "answered" | "unreached" | "unknown";
  /** The real amount in each window, if known. */
  readonly amounts?: readonly number[] | undefined;
}

/** What is known of the API after a call ended. */
export interface Reach {
  /** Calls of all processes that did not reach it, since the last one that did. */
  readonly unreached: number;
  /** Whether another process found that it cannot be reached. */
  readonly isDown: boolean;
}

/** The process that marks a lane as down, and how long the mark lasts without a renewal. */
export interface DownMark {
  readonly asker: string;
  /** Milliseconds. */
  readonly leaseMs: number;
}

/** `undefined` stands for no value. */
export interface ValueSwap {
  /** What has to be there. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** How long `after` is kept. Milliseconds. */
  readonly ttlMs: number;
}

/**
 * What the owner of a session and all its workers share, besides the queue: values under keys, and the state of lanes.
 * It lives in the queue's own database and uses that database's clock, so that the clocks of the machines may differ.
 */
export interface SharedState extends AsyncDisposable {
  /** Stores a value; with `ttlMs`, only for that long. Key and value may be any text, and come back as they were. */
  put(key: string, value: string, options?: { readonly ttlMs?: number }): Promise<void>;
  get(key: string): Promise<string | undefined>;
  remove(keys: readonly string[]): Promise<void>;
  /** Replaces a value, if it is what the caller takes it for: all or nothing. Returns the value that is there then. */
  swap(key: string, swap: ValueSwap): Promise<string | undefined>;
  /** The values of all keys with that prefix. */
  list(prefix: string): Promise<readonly string[]>;
  /** Removes what has expired, where the database does not do so itself; returns how many permits were among it. */
  removeExpired(): Promise<number>;

  /** Takes a slot of a lane and room in all windows, all or nothing. */
  take(lane: string, permit: Permit): Promise<PermitAnswer>;
  /** Releases the slot; the call's amounts in the windows stay, corrected where the real ones are known. */
  release(lane: string, permit: Permit, released: Released): Promise<Reach>;
  /** Renews the leases of slots for another `leaseMs`. */
  renew(lane: string, ids: readonly string[], leaseMs: number): Promise<void>;
  /** Pauses the lane for that long. A longer pause that was set before stays. */
  pause(lane: string, forMs: number): Promise<void>;
  /** Marks the lane as down: only `asker` calls from now on, one call at a time; several processes may hold such a mark. */
  markDown(lane: string, mark: DownMark): Promise<void>;
  /** Renews an existing mark for another `leaseMs`. */
  keepDown(lane: string, mark: DownMark): Promise<void>;
  /** Removes all marks: the API answers, and everyone may call again. */
  markUp(lane: string): Promise<void>;
}
