import { randomUUID } from "node:crypto";
import { isAlive } from "../../../core/base/index.ts";
import { HoldfastError } from "../../../core/failure/index.ts";
import type { DispatchedRun } from "../../../core/runner/index.ts";
import { sleep } from "../../../retry/index.ts";
import { versionOf } from "../queue/job.ts";
import {
  GONE_AFTER_MS,
  HEARTBEAT_MS,
  presenceKey,
  presenceRecord,
  readParticipant,
  thisProcess,
  type Participant,
  type PresentParticipant,
} from "../queue/presence.ts";
import type { SharedState } from "../queue/shared-state.ts";

export interface ClaimOptions {
  readonly self: Participant;
  /** The readable id. */
  readonly sessionId: string;
  readonly state: Pick<SharedState, "swap">;
  /** Ends the wait. */
  readonly drain: AbortSignal;
  readonly say: (message: string) => void;
  /** Whether another process of this machine lives. */
  readonly isAlive: (pid: number) => boolean;
  /** Called when another process has taken the claim: it did not see this one for too long. */
  readonly onLost: (message: string, by: PresentParticipant) => void;
}

/** What came of asking for a session: it is this process' now, or another one's that may live. */
export type ClaimTry =
  | { readonly kind: "claimed"; readonly claim: Claim }
  | { readonly kind: "owned"; readonly by: PresentParticipant };

/** What an owner holds of its session, until it is disposed of. */
export interface Claim extends AsyncDisposable {
  /** Aborts when another process has taken it over. */
  readonly lost: AbortSignal;
  /** Whether it was renewed so lately that nobody else can have it. */
  isFresh(): boolean;
  /**
   * Whether nobody else can have it. After a time in which it could not be renewed that is asked first, since a process that
   * stood still has not heard of its loss. Rejects when the database does not answer that.
   */
  isStillHeld(): Promise<boolean>;
}

const LOOK_EVERY_MS = 500;

/**
 * Claims the session at its queue for this process, which is its present owner from then on. The database lets one of
 * several in: a copy of the workspace on another machine, whose folder could not be told from one that was moved there,
 * would take the same results, and pay for the same items. An owner that was killed stays listed for a while, so that one
 * that cannot be asked is watched until it is gone, or has shown that it lives: then this throws. `undefined` when the run
 * is told to stop before that.
 */
export async function claimSession(options: ClaimOptions): Promise<Claim | undefined> {
  const { drain, say } = options;
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    const tried = await tryToClaim(options);
    if (tried.kind === "claimed") return tried.claim;
    const { by } = tried;
    if (waitedMs > GONE_AFTER_MS) throw ownedBy(by, options);
    if (waitedMs === 0) say(`Waiting to see whether the owner on ${by.host} (process ${by.pid}) is still there`);
    await sleep(LOOK_EVERY_MS, drain).catch(() => {});
    if (drain.aborted) return undefined;
  }
}

/** The same without a wait for one that may be gone. */
export async function tryToClaim(options: Omit<ClaimOptions, "drain" | "say">): Promise<ClaimTry> {
  const { self, state } = options;
  const key = presenceKey(self);
  const own = presenceRecord(self, { token: randomUUID() });
  let before: string | undefined;
  for (;;) {
    const found = await state.swap(key, { before, after: own, ttlMs: GONE_AFTER_MS });
    if (found === own) return { kind: "claimed", claim: heldClaim(key, own, options) };
    const by = found === undefined ? undefined : livingOwner(found, options);
    if (by) return { kind: "owned", by };
    before = found;
  }
}

/** Who has a session by that record; `undefined` when it is no participant, or a process that is known to be dead. */
export function livingOwner(
  record: string,
  { isAlive }: Pick<ClaimOptions, "isAlive">,
): PresentParticipant | undefined {
  const owner = readParticipant(record);
  return owner && !isDead(owner, { isAlive }) ? owner : undefined;
}

/** The claim of the process that has a run's session, or takes it back. */
export function claimFor(run: DispatchedRun, state: SharedState): Promise<Claim | undefined> {
  const { pipeline, modelId, sessionId, identity, say, control } = run;
  const version = versionOf(pipeline, modelId);
  return claimSession({
    self: { role: "owner", pipeline: pipeline.name, version, modelId, id: identity, session: sessionId },
    sessionId,
    state,
    drain: control.drain,
    say,
    isAlive,
    onLost: (message) => control.stop({ kind: "unusable", failure: "outage", message }),
  });
}

/** Renews the claim until it is disposed of, or another process has it. */
function heldClaim(
  key: string,
  own: string,
  { state, sessionId, onLost }: Pick<ClaimOptions, "onLost" | "sessionId" | "state">,
): Claim {
  const lost = new AbortController();
  let isGivenUp = false;
  let heldSince = clocks();
  async function renew(): Promise<void> {
    for (let before: string | undefined = own; ;) {
      const askedAt = clocks();
      const found = await state.swap(key, { before, after: own, ttlMs: GONE_AFTER_MS });
      if (lost.signal.aborted) return;
      if (found === own) {
        heldSince = askedAt;
        return;
      }
      const other = found === undefined ? undefined : readParticipant(found);
      if (other) {
        clearInterval(timer);
        lost.abort();
        onLost(takenBy(other, sessionId), other);
        return;
      }
      // It expired while the database was away, or somebody wrote over it.
      before = found;
    }
  }
  let renewing: Promise<void> | undefined;
  const renewOnce = (): Promise<void> => (renewing ??= renew().finally(() => (renewing = undefined)));
  const timer = setInterval(() => void renewOnce().catch(() => {}), HEARTBEAT_MS);
  const isHeld = (): boolean => !isGivenUp && !lost.signal.aborted;
  const isFresh = (): boolean => isHeld() && passedSince(heldSince) < GONE_AFTER_MS;
  return {
    lost: lost.signal,
    isFresh,
    async isStillHeld() {
      if (isHeld() && !isFresh()) await renewOnce();
      return isHeld();
    },
    async [Symbol.asyncDispose](): Promise<void> {
      isGivenUp = true;
      clearInterval(timer);
      await renewing?.catch(() => {});
      await state.swap(key, { before: own, after: undefined, ttlMs: 0 }).catch(() => {});
    },
  };
}

/** One of them goes on while the machine sleeps, and nobody can set the other one. */
const clocks = () => [Date.now(), performance.now()] as const;

function passedSince([wall, steady]: ReturnType<typeof clocks>): number {
  const [wallNow, steadyNow] = clocks();
  return Math.max(wallNow - wall, steadyNow - steady);
}

/** Whether an owner was of this machine, and its process has ended. */
function isDead({ host, pid, pids }: PresentParticipant, { isAlive }: Pick<ClaimOptions, "isAlive">): boolean {
  const here = thisProcess();
  return host === here.host && pids === here.pids && pid !== here.pid && !isAlive(pid);
}

const ownedBy = ({ host, pid, isRemoving }: PresentParticipant, { sessionId }: ClaimOptions): HoldfastError =>
  new HoldfastError(
    "session_locked",
    isRemoving
      ? `Process ${pid} on ${host} is removing what the queue has of session ${sessionId}: one of the two is a copy.`
      : `Session ${sessionId} is being run by process ${pid} on ${host} at the same queue: one of the two is a copy.`,
    {
      hint: "Nothing was changed. Wait for it, or stop it there. To go on with a copy as a session of its own, copy the workspace's folder once more on this machine, and resume in that copy.",
    },
  );

const takenBy = ({ host, pid }: PresentParticipant, sessionId: string): string =>
  `Process ${pid} on ${host} has gone on with session ${sessionId} at the same queue, which had not heard of this process for ${GONE_AFTER_MS / 1000} s: one of the two is a copy`;
