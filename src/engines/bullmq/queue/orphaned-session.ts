import type { SharedState } from "./shared-state.ts";

/** Why a session has no owner: it was stopped, or it was not heard of for too long. */
export type OrphanReason = "gone" | "stopped";

const keyOf = (identity: string): string => `orphaned:${identity}`;

/** As long as a large content is kept for a session that nobody goes on with. */
const KEPT_MS = 7 * 24 * 3_600_000;

/**
 * Says to all workers, those that start later too, that a session has jobs in the queue and no owner. An owner that is
 * present is believed rather than this.
 */
export const markOrphaned = (identity: string, reason: OrphanReason, state: Pick<SharedState, "put">): Promise<void> =>
  state.put(keyOf(identity), reason, { ttlMs: KEPT_MS });

/** Why a session has no owner; `undefined` when nobody has said that it has none. */
export async function orphanReasonOf(
  identity: string,
  state: Pick<SharedState, "get">,
): Promise<OrphanReason | undefined> {
  const reason = await state.get(keyOf(identity));
  if (reason === undefined) return undefined;
  return reason === "stopped" ? "stopped" : "gone";
}

/** Takes back what `markOrphaned` said: the session has an owner again, or nothing in the queue. */
export const unmarkOrphaned = (identity: string, state: Pick<SharedState, "remove">): Promise<void> =>
  state.remove([keyOf(identity)]);
