import type { SharedState } from "../queue/shared-state.ts";

/** What the lease thread renews while the main thread is blocked, besides leases on jobs. */
export type Renewal =
  | { readonly kind: "value"; readonly key: string; readonly value: string; readonly ttlMs: number }
  | { readonly kind: "permit"; readonly lane: string; readonly id: string; readonly leaseMs: number };

/** Who renews: {@link LeaseKeeper} has it done by its thread. */
export interface Renewer {
  renew(renewal: Renewal): void;
  /** Renews it no more. */
  end(renewal: Renewal): void;
}

/** By what a renewal is told from others. */
export const nameOf = (renewal: Renewal): string =>
  renewal.kind === "value" ? `value ${renewal.key}` : `permit ${renewal.lane} ${renewal.id}`;

/** The shared state, of which values that expire are kept while this process is blocked. For its presence. */
export const valuesKept = (state: SharedState, keeper: Renewer): SharedState => ({
  ...state,
  put(key, value, options = {}) {
    const { ttlMs } = options;
    if (ttlMs !== undefined) keeper.renew({ kind: "value", key, value, ttlMs });
    return state.put(key, value, options);
  },
  remove(keys) {
    for (const key of keys) keeper.end({ kind: "value", key, value: "", ttlMs: 0 });
    return state.remove(keys);
  },
});

/** The shared state, of which permits that were taken are kept while this process is blocked. */
export const permitsKept = (state: SharedState, keeper: Renewer): SharedState => ({
  ...state,
  async take(lane, permit) {
    const answer = await state.take(lane, permit);
    if (answer.kind === "taken") keeper.renew({ kind: "permit", lane, id: permit.id, leaseMs: permit.leaseMs });
    return answer;
  },
  release(lane, permit, released) {
    keeper.end({ kind: "permit", lane, id: permit.id, leaseMs: permit.leaseMs });
    return state.release(lane, permit, released);
  },
});
