import { randomUUID } from "node:crypto";
import { systemClock } from "../../../core/base/index.ts";
import { classifyFailure, NotSent } from "../../../core/failure/index.ts";
import {
  isConnectionFailure,
  isUnanswered,
  letGoOnAbort,
  waitingFor,
  type LearningLane,
  type LaneCall,
  type LaneChange,
  type LaneLimits,
  type SharedLane,
} from "../../../core/lane/index.ts";
import { PermitLine } from "./permit-line.ts";
import { windowsOf } from "./permit-windows.ts";
import type { Permit, Released, SharedState } from "../queue/shared-state.ts";

export interface GateOptions {
  readonly state: SharedState;
  readonly limits: LaneLimits;
  /** Ends every wait. */
  readonly drain: AbortSignal;
  readonly random: () => number;
}

/**
 * The lease of a slot: after this time the slots of a dead process are free again. A living one renews them three times
 * as often.
 */
const LEASE_MS = 5_000;

/**
 * Makes the limits of a lane apply to all processes together. Each call waits in its own process first, where outages
 * and rate limits are judged, and then for a permit that is counted in the shared state. What one process learns
 * applies to the others too: after a rate limit all pause, and while one finds that the API cannot be reached, the
 * others wait, and their failures meanwhile are repeated without counting as attempts.
 */
export function shareLane(lane: LearningLane, { state, limits, drain, random }: GateOptions): SharedLane {
  const asker = randomUUID();
  const mark = { asker, leaseMs: LEASE_MS };
  const line = new PermitLine(lane.name, { state, drain, random });
  const held = new Set<string>();
  let isDownHere = false;
  let keeping: NodeJS.Timeout | undefined;

  /** The heartbeat that renews slots and marks while there are any. */
  function keep(): void {
    keeping ??= setInterval(() => {
      if (held.size > 0) void state.renew(lane.name, [...held], LEASE_MS).catch(() => {});
      if (isDownHere) void state.keepDown(lane.name, mark).catch(() => {});
      if (held.size > 0 || (isDownHere && !drain.aborted)) return;
      clearInterval(keeping);
      keeping = undefined;
    }, LEASE_MS / 3).unref();
  }

  async function callOut<T>(
    call: LaneCall,
    work: () => Promise<T> | T,
    tokensOf: ((value: T) => number | undefined) | undefined,
  ): Promise<T> {
    for (;;) {
      const permit = {
        id: randomUUID(),
        asker,
        concurrency: limits.concurrency,
        leaseMs: LEASE_MS,
        windows: windowsOf(limits, call),
      };
      await waitingFor(lane.name, call, () => line.enter(permit, call.isPassedOn));
      held.add(permit.id);
      keep();
      try {
        const value = await (call.signal ? letGoOnAbort(work, call.signal, systemClock) : work());
        await leave(permit, { outcome: "answered", amounts: amountsOf(permit, tokensOf?.(value)) });
        return value;
      } catch (error) {
        const isUnreached = isConnectionFailure(error);
        const isSent = !(error instanceof NotSent);
        const isFree = isUnreached || !isSent || classifyFailure(error) === "rate_limit";
        const amounts = amountsOf(permit, isFree ? 0 : undefined);
        const outcome = isUnreached ? "unreached" : isUnanswered(error) || !isSent ? "unknown" : "answered";
        const { unreached, isDown } = await leave(permit, { outcome, amounts });
        // Another process found that out before: it is no failure of this item's.
        const isOthers = isDown && !isDownHere && isUnanswered(error);
        if (isOthers && !call.isPassedOn && !drain.aborted && !call.signal?.aborted) continue;
        if (isUnreached) lane.learn({ unreached: unreached - 1, downForMs: line.downForMs });
        throw error;
      }
    }
  }

  async function leave(permit: Permit, released: Released): ReturnType<SharedState["release"]> {
    held.delete(permit.id);
    if (released.outcome === "answered") line.answered();
    // A permit that cannot be given back now is free when its lease has run out.
    return state.release(lane.name, permit, released).catch(() => ({ unreached: 0, isDown: false }));
  }

  return {
    name: lane.name,
    call: (call, work, tokensOf) => lane.call(call, () => callOut(call, work, tokensOf), tokensOf),
    get isClosed() {
      return lane.isClosed;
    },
    opened: (signal) => lane.opened(signal),
    told: (limits) => lane.told(limits),
    publish(change) {
      void publishToOthers(change).catch(() => {});
    },
  };

  async function publishToOthers(change: LaneChange): Promise<void> {
    switch (change.change) {
      case "paused":
        // The waits between two probes are this process' own.
        if (!isDownHere) await state.pause(lane.name, change.forMs);
        return;
      case "opened":
        isDownHere = true;
        keep();
        return state.markDown(lane.name, mark);
      case "closed":
        isDownHere = false;
        return state.markUp(lane.name);
      case "limit":
      case "told":
      case "gave_up":
        return;
    }
  }
}

/** What a call took of each window when its tokens are known; a window of requests keeps its count. */
const amountsOf = ({ windows }: Permit, tokens: number | undefined): readonly number[] | undefined =>
  tokens === undefined
    ? undefined
    : windows.map(({ counts, amount, limit }) => (counts === "tokens" ? Math.min(limit, tokens) : amount));
