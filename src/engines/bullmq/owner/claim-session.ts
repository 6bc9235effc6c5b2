import { hostname } from "node:os";
import { HoldfastError } from "../../../core/failure/index.ts";
import { sleep } from "../../../retry/index.ts";
import { GONE_AFTER_MS, listPresent, type PresentParticipant } from "../queue/presence.ts";
import type { SharedState } from "../queue/shared-state.ts";

export interface ClaimOptions {
  readonly pipeline: string;
  readonly identity: string;
  /** The readable id. */
  readonly sessionId: string;
  readonly state: SharedState;
  /** Ends the wait. */
  readonly drain: AbortSignal;
  readonly say: (message: string) => void;
  /** Whether a process of this machine lives. */
  readonly isAlive: (pid: number) => boolean;
}

const LOOK_EVERY_MS = 500;

/**
 * Throws when another process owns the same session at this queue: a copy on another machine, whose folder could not be
 * told from one that was moved there. Both would take each other's results. An owner that was killed stays listed for a
 * while, so that one on another machine is watched until it is gone or has shown that it lives.
 */
export async function assertOnlyOwner(options: ClaimOptions): Promise<void> {
  const { state, pipeline, identity, drain, say, isAlive } = options;
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    const owners = await listPresent("owner", pipeline, state);
    const other = owners.find(({ id, host, pid }) => id === identity && (host !== hostname() || isAlive(pid)));
    if (!other) return;
    if (waitedMs > GONE_AFTER_MS) throw ownedBy(other, options);
    if (waitedMs === 0) say(`Waiting to see whether the owner on ${other.host} (process ${other.pid}) is still there`);
    // A run that is told to stop gives out no item.
    await sleep(LOOK_EVERY_MS, drain).catch(() => {});
    if (drain.aborted) return;
  }
}

const ownedBy = ({ host, pid }: PresentParticipant, { sessionId }: ClaimOptions): HoldfastError =>
  new HoldfastError(
    "session_locked",
    `Session ${sessionId} is being run by process ${pid} on ${host} at the same queue: one of the two is a copy.`,
    {
      hint: "Nothing was changed. Wait for it, or stop it there. To go on with a copy as a session of its own, copy the workspace's folder once more on this machine, and resume in that copy.",
    },
  );
