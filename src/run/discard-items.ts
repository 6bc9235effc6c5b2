import { join } from "node:path";
import { SessionStatus } from "../core/base/index.ts";
import { messageOf } from "../core/failure/index.ts";
import { itemsElsewhere, type Discarded, type Discarder } from "../core/runner/index.ts";
import type { Session } from "../core/session/index.ts";
import { hasSessionStore, openSessionReports } from "../stores/sqlite/index.ts";
import { identityOf } from "./establish-identity.ts";

/** What was at the queue of a session's workers, or what would be removed there. */
export interface CleanedQueue {
  readonly address: string;
  /** Jobs that were removed. */
  readonly jobs: number;
  /** Contents beside jobs that were removed. */
  readonly contents: number;
  /** Expired permits of lanes, of any session, that were removed. A dry run counts none. */
  readonly permits: number;
  /** Jobs that stay, since workers are at them. */
  readonly left: number;
  /** Why it could not be looked at; then nothing was removed there. */
  readonly problem?: string;
}

/** Why a session has to be kept, or what was removed. */
export interface DiscardedItems {
  readonly kept: string | undefined;
  readonly isForcible?: boolean;
  readonly queue?: CleanedQueue;
}

export interface DiscardOptions {
  /** The session's folder. */
  readonly folder: string;
  readonly discardFrom: Discarder | undefined;
  readonly force: boolean;
  /** Only says what would be removed. */
  readonly dryRun: boolean;
  /** Queues that did not answer, and why: each is asked once. */
  readonly unreachable: Map<string, string>;
}

/**
 * Removes the items of a session that other processes have, before its folder is removed: afterwards nobody would know
 * where they are. Returns why the session has to be kept, or what was removed.
 */
export async function discardItems(
  { id: sessionId, status, pipeline }: Session,
  { folder, discardFrom, force, dryRun, unreachable }: DiscardOptions,
): Promise<DiscardedItems> {
  const file = join(folder, "state.db");
  if (!hasSessionStore(file)) return { kept: undefined };
  await using facts = openSessionReports(file);
  const from = itemsElsewhere(facts);
  const identity = from && (await identityOf(facts, folder));
  if (from === undefined || identity === undefined) return { kept: undefined };
  const { address } = from;

  const without = (problem: string): DiscardedItems =>
    // A session that came to its end has left nothing there that anybody would do.
    force || status !== SessionStatus.interrupted
      ? { kept: undefined, queue: { address, ...NOTHING, problem } }
      : {
          kept: `${from.isReclaimed ? "results of its workers are" : "its items are with workers"} at ${address}: ${problem}`,
          isForcible: true,
        };

  const known = unreachable.get(from.url);
  if (known !== undefined) return without(known);
  if (discardFrom?.name !== from.engine) return without("nobody looked there");
  try {
    const discarded = { sessionId, identity, pipeline: pipeline.name, facts };
    return endOf(await discardFrom.discard(discarded, { force, from, dryRun }));
  } catch (error) {
    const problem = messageOf(error).replace(/\.$/, "");
    unreachable.set(from.url, problem);
    return without(problem);
  }
}

const NOTHING = { jobs: 0, contents: 0, permits: 0, left: 0 };

function endOf(discarded: Discarded | undefined): DiscardedItems {
  switch (discarded?.kind) {
    case undefined:
      return { kept: undefined };
    case "discarded": {
      const { kind: _, ...queue } = discarded;
      return { kept: undefined, queue };
    }
    case "busy": {
      const items = discarded.jobs === 1 ? "1 of its items" : `${discarded.jobs} of its items`;
      return {
        kept: `workers are at ${items} at ${discarded.address}: run this again when their steps have ended`,
        isForcible: true,
      };
    }
    case "owned":
      return { kept: `process ${discarded.pid} on ${discarded.host} owns it at ${discarded.address}` };
  }
}
