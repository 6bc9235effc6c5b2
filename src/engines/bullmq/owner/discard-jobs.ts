import { isAlive } from "../../../core/base/index.ts";
import type { Discarded, DiscardedSession } from "../../../core/runner/index.ts";
import { RunControl } from "../../../core/runner/index.ts";
import { sleep } from "../../../retry/index.ts";
import { showAddress, urlOf, type QueueAddress } from "../queue/address.ts";
import type { AnyJob, Backend, JobQueue } from "../queue/backend.ts";
import { cancelKeyOf } from "../queue/job.ts";
import { LOCK_MS } from "../queue/lease.ts";
import { openBackend } from "../queue/open-backend.ts";
import { unmarkOrphaned } from "../queue/orphaned-session.ts";
import { presenceKey, type PresentParticipant } from "../queue/presence.ts";
import { livingOwner, tryToClaim } from "./claim-session.ts";
import { assertAddress, BULLMQ, readEngineRecord } from "./engine-record.ts";
import { foundJobs } from "./found-jobs.ts";
import { FINISHED, openSessionJobs, UNFINISHED, type SessionJobs } from "./session-jobs.ts";
import { whileClaimed } from "./while-claimed.ts";

export interface DiscardOptions {
  readonly address: QueueAddress;
  /** Removes the rest also while workers have some of the jobs. */
  readonly force: boolean;
  /** Only says what would be removed. @default false */
  readonly dryRun?: boolean;
}

const LOOK_EVERY_MS = 250;
/** After so long a job whose worker died has no lock, and can be withdrawn. */
const GIVE_UP_AFTER_MS = LOCK_MS + 2 * LOOK_EVERY_MS;
/** How long a worker has to hear that its job is wanted no more, to end its call and to report. */
const CANCEL_MS = 5_000;
/** As long as a worker may need to hear of it. */
const CANCEL_TTL_MS = 600_000;
/** So often the queue is looked at again for what workers ended meanwhile. */
const MOST_ROUNDS = 10;

/**
 * Removes what a queue has of a session that nobody will go on with. It does so as the session's owner, whose claim keeps
 * every other one away until it is done. First its jobs are withdrawn, which loses nothing; only when no worker has one any
 * more are results and contents removed.
 */
export async function discardJobs(
  session: DiscardedSession,
  { address, ...options }: DiscardOptions,
): Promise<Discarded | undefined> {
  const record = readEngineRecord(session.facts);
  if (record?.name !== BULLMQ) return undefined;
  assertAddress(record, showAddress(urlOf(address)));
  // What a volatile Redis has is there now.
  return discardFrom(await openBackend(address, { allowVolatile: true }), record.queue, { session, ...options });
}

interface Discarding extends Omit<DiscardOptions, "address"> {
  readonly session: DiscardedSession;
}

/** Closes the backend. */
export async function discardFrom(
  opened: Backend,
  queueName: string,
  { session, force, dryRun = false }: Discarding,
): Promise<Discarded> {
  await using _closed = opened;
  const { identity, sessionId, pipeline } = session;
  const { address, state } = opened;
  const self = { role: "owner", pipeline, version: "", modelId: "", id: identity, session: sessionId } as const;
  const ownedBy = ({ host, pid }: PresentParticipant): Discarded => ({ kind: "owned", address, host, pid });
  if (dryRun) {
    const found = await state.get(presenceKey(self));
    const owner = found === undefined ? undefined : livingOwner(found, { isAlive });
    return owner ? ownedBy(owner) : await look(opened, queueName, { session, force });
  }
  let lostTo: PresentParticipant | undefined;
  const tried = await tryToClaim({
    self: { ...self, isRemoving: true },
    sessionId,
    state,
    isAlive,
    onLost: (_message, by) => (lostTo = by),
  });
  if (tried.kind === "owned") return ownedBy(tried.by);
  await using claim = tried.claim;
  const discarded = await removeAll(whileClaimed(opened, claim), queueName, { session, force });
  return lostTo ? ownedBy(lostTo) : discarded;
}

async function look(backend: Backend, queueName: string, { session, force }: Discarding): Promise<Discarded> {
  await using jobs = await openSessionJobs(backend, queueName, quietly(session));
  const { address, state } = backend;
  const held = await jobs.list(["active"]);
  if (held.length > 0 && !force) return { kind: "busy", address, jobs: held.length };
  const found = foundJobs(state);
  await found.note(await jobs.list([...UNFINISHED, ...FINISHED]));
  for (const { id } of held) found.forget(id);
  return { kind: "discarded", address, ...found.counts(), permits: 0, left: held.length };
}

async function removeAll(backend: Backend, queueName: string, { session, force }: Discarding): Promise<Discarded> {
  await using jobs = await openSessionJobs(backend, queueName, quietly(session));
  const { address, state } = backend;
  const found = foundJobs(state);
  await found.note(await jobs.list([...UNFINISHED, ...FINISHED]));
  let open = await withdraw(jobs, GIVE_UP_AFTER_MS);
  if (open.length > 0 && !force) {
    // A resume packs the contents of withdrawn jobs again.
    for (const { id } of await jobs.list([...UNFINISHED, ...FINISHED])) found.forget(id);
    await state.remove(found.keys());
    return { kind: "busy", address, jobs: open.length };
  }
  // What a worker ends after this is found by nobody: its job is cancelled, and gone before that where it can be.
  const cancelled = open.flatMap(({ id }) => (id === undefined ? [] : [cancelKeyOf(id)]));
  for (const key of cancelled) await state.put(key, "cancelled", { ttlMs: CANCEL_TTL_MS });
  if (open.length > 0) open = await withdraw(jobs, CANCEL_MS);

  // With what workers have written since the first look.
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const ended = await jobs.list(FINISHED);
    await found.note(ended);
    for (const { id } of ended) if (id !== undefined) await jobs.remove(id);
    open = await withdraw(jobs, 0);
    if (ended.length === 0) break;
  }
  const left = [...open, ...(await jobs.list(FINISHED))];
  for (const { id } of left) found.forget(id);
  if (open.length === 0) await state.remove(cancelled);
  await state.remove(found.keys());
  await unmarkOrphaned(session.identity, state);
  const permits = await state.removeExpired();
  await forgetEvents(backend.openQueue(queueName));
  return { kind: "discarded", address, ...found.counts(), permits, left: left.length };
}

const quietly = ({ identity, sessionId }: DiscardedSession) => ({
  identity,
  sessionId,
  control: new RunControl(),
  say: () => {},
});

/** Withdraws all jobs, and waits so long for those that workers are at. Returns what workers are at then. */
async function withdraw(jobs: SessionJobs, forMs: number): Promise<readonly AnyJob[]> {
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    await jobs.withdraw();
    let open = await jobs.list(UNFINISHED);
    // One that a worker puts down while the states are read, one after the other, is in none of them.
    if (open.length === 0) open = await jobs.list(UNFINISHED);
    if (open.length === 0 || waitedMs >= forMs) return open;
    await sleep(LOOK_EVERY_MS);
  }
}

/**
 * The events of a queue in which nothing is. Owners that have not read them look at their jobs anyway. BullMQ cannot do it on
 * Postgres, where it keeps the last ones.
 */
async function forgetEvents(queue: JobQueue): Promise<void> {
  try {
    const counts = await queue.getJobCounts(...UNFINISHED, ...FINISHED);
    if (Object.values(counts).every((count) => count === 0)) await queue.trimEvents(0).catch(() => {});
  } finally {
    await queue.close();
  }
}
