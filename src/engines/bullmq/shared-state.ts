/// <reference lib="esnext.disposable" preserve="true" />

/** So much of one window. */
export interface PermitWindow {
  /** Milliseconds. */
  readonly perMs: number;
  readonly limit: number;
  /** What the call takes of it: 1 of a window of requests, its tokens of a window of tokens. */
  readonly amount: number;
}

/** One call that wants to go out. */
export interface Permit {
  /** Unique among all calls of all processes. */
  readonly id: string;
  /** Calls at once, in the whole fleet. */
  readonly concurrency: number;
  readonly windows: readonly PermitWindow[];
  /** After so long without a renewal, the slot of a process that died is free again. Milliseconds. */
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

  /**
   * Takes a slot of a lane and room in all windows, all or nothing. Returns 0 when the call may go out, else in how many
   * milliseconds it is worth asking again.
   */
  take(lane: string, permit: Permit): Promise<number>;
  /** Gives the slot back; what it took of the windows stays taken, corrected by `amounts`, one for each window, when given. */
  release(lane: string, permit: Permit, amounts?: readonly number[]): Promise<void>;
  /** Keeps slots for another `leaseMs`. */
  renew(lane: string, ids: readonly string[], leaseMs: number): Promise<void>;
  /** Nobody calls for so long. A longer quiet that was asked for before stays. */
  quiet(lane: string, forMs: number): Promise<void>;
  /** While a lane is down, one call at a time goes out: the probe. */
  setDown(lane: string, isDown: boolean): Promise<void>;
}

/** How long a caller waits that found all slots taken: nobody tells it when one is free. Milliseconds. */
export const SLOT_POLL_MS = 40;
