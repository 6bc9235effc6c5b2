import { randomUUID } from "node:crypto";
import { parseDuration, sleep } from "../../retry/index.ts";
import type { CallLane, LaneCall, LaneChange, LaneLimits, SharedLane } from "../../core/index.ts";
import type { Permit, SharedState } from "./shared-state.ts";

export interface GateOptions {
  readonly state: SharedState;
  readonly limits: LaneLimits;
  /** Ends every wait. */
  readonly drain: AbortSignal;
  readonly random: () => number;
}

/** After so long the slots of a process that died are free again; a living one renews them three times in that time. */
const LEASE_MS = 5_000;
/**
 * So much longer than it says is a window among machines: a call is counted when it is permitted, and the way from there
 * to the API takes a little longer for one call than for another.
 */
const GUARD_MS = 100;
/** How long to wait before a database that did not answer is asked again. */
const UNREACHABLE_MS = 500;
/** The waits of several processes differ by so much, that they do not ask all at once. */
const JITTER = 0.25;

/**
 * Makes the limits of a lane hold for all processes together. Each call waits in its own process first, where outages and
 * rate limits are judged, and then for a permit that is counted in the shared state. What one process learns (a rate
 * limit, an outage) holds up the others too.
 */
export function shareLane(lane: CallLane, { state, limits, drain, random }: GateOptions): SharedLane {
  const permitFor = ({ tokens }: LaneCall): Permit => ({
    id: randomUUID(),
    concurrency: limits.concurrency,
    leaseMs: LEASE_MS,
    windows: [
      ...limits.requests.map(({ limit, per }) => ({ limit, perMs: parseDuration(per) + GUARD_MS, amount: 1 })),
      ...limits.tokens.map(({ limit, per }) => ({
        limit,
        perMs: parseDuration(per) + GUARD_MS,
        amount: Math.min(limit, (tokens?.known ?? 0) + (tokens?.guessed ?? 0)),
      })),
    ],
  });
  const held = new Set<string>();
  let renewing: NodeJS.Timeout | undefined;

  async function enter(permit: Permit): Promise<void> {
    for (;;) {
      drain.throwIfAborted();
      // While the database is away nobody calls: that is no failure of the item's.
      const waitMs = await state.take(lane.name, permit).catch(() => UNREACHABLE_MS);
      if (waitMs === 0) break;
      await sleep(waitMs * (1 + JITTER * random()), drain);
    }
    held.add(permit.id);
    renewing ??= setInterval(() => void state.renew(lane.name, [...held], LEASE_MS).catch(() => {}), LEASE_MS / 3);
  }

  async function leave(permit: Permit, tokens: number | undefined): Promise<void> {
    held.delete(permit.id);
    if (held.size === 0) {
      clearInterval(renewing);
      renewing = undefined;
    }
    const isCorrected = tokens !== undefined && limits.tokens.length > 0;
    const amounts = permit.windows.map(({ amount }, index) =>
      index < limits.requests.length ? amount : (tokens ?? amount),
    );
    // A permit that cannot be given back now is free when its lease has run out.
    await state.release(lane.name, permit, isCorrected ? amounts : undefined).catch(() => {});
  }

  return {
    name: lane.name,
    call: (call, work, tokensOf) =>
      lane.call(
        call,
        async () => {
          const permit = permitFor(call);
          await enter(permit);
          let tokens: number | undefined;
          try {
            const value = await work();
            tokens = tokensOf?.(value);
            return value;
          } finally {
            await leave(permit, tokens);
          }
        },
        tokensOf,
      ),
    tell(change) {
      void tellOthers(change).catch(() => {});
    },
  };

  async function tellOthers(change: LaneChange): Promise<void> {
    switch (change.change) {
      case "paused":
        return state.quiet(lane.name, change.forMs);
      case "opened":
        return state.setDown(lane.name, true);
      case "closed":
        return state.setDown(lane.name, false);
      case "limit":
      case "gave_up":
        return;
    }
  }
}
