import { isAlive } from "../../../core/base/index.ts";
import type { Discarded, DiscardedSession } from "../../../core/runner/index.ts";
import { RunControl } from "../../../core/runner/index.ts";
import { sleep } from "../../../retry/index.ts";
import { showAddress, urlOf, type QueueAddress } from "../queue/address.ts";
import type { AnyJob, JobQueue } from "../queue/backend.ts";
import { contentBox, keysOf } from "../queue/content-box.ts";
import type { ContentText } from "../queue/job.ts";
import { LOCK_MS } from "../queue/lease.ts";
import { openBackend } from "../queue/open-backend.ts";
import { unmarkOrphaned } from "../queue/orphaned-session.ts";
import { listPresent } from "../queue/presence.ts";
import type { SharedState } from "../queue/shared-state.ts";
import { sealedContents } from "../queue/wire.ts";
import { readJobData, readJobResult } from "../worker/read-job.ts";
import { isDead } from "./claim-session.ts";
import { assertAddress, BULLMQ, readEngineRecord } from "./engine-record.ts";
import { contentsOf } from "./read-reports.ts";
import { FINISHED, openSessionJobs, UNFINISHED } from "./session-jobs.ts";

export interface DiscardOptions {
  readonly address: QueueAddress;
  /** Removes the rest also while workers have some of the jobs. */
  readonly force: boolean;
}

const LOOK_EVERY_MS = 250;
/** After so long a job whose worker died has no lock, and can be withdrawn. */
const GIVE_UP_AFTER_MS = LOCK_MS + 2 * LOOK_EVERY_MS;

/**
 * Removes what a queue has of a session that nobody will go on with. First its jobs are withdrawn, which loses nothing;
 * only when no worker has one any more are results and contents removed.
 */
export async function discardJobs(
  session: DiscardedSession,
  { address, force }: DiscardOptions,
): Promise<Discarded | undefined> {
  const { facts, identity, sessionId, pipeline } = session;
  const record = readEngineRecord(facts);
  if (record?.name !== BULLMQ) return undefined;
  assertAddress(record, showAddress(urlOf(address)));
  // What a volatile Redis has is there now.
  await using backend = await openBackend(address, { allowVolatile: true });
  const { state } = backend;
  const at = { address: backend.address };
  const owners = await listPresent("owner", pipeline, state);
  const owner = owners.find((present) => present.id === identity && !isDead(present, { isAlive }));
  if (owner) return { kind: "owned", ...at, host: owner.host, pid: owner.pid };

  const run = { identity, sessionId, control: new RunControl(), say: () => {} };
  await using jobs = await openSessionJobs(backend, record.queue, run);
  const found = new Map<string, readonly ContentText[]>();
  const note = async (all: readonly AnyJob[]): Promise<void> => {
    for (const job of all) if (job.id !== undefined) found.set(job.id, await contentsBeside(job, state));
  };
  await note(await jobs.list([...UNFINISHED, ...FINISHED]));
  let open: readonly AnyJob[] = [];
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    await jobs.withdraw();
    open = await jobs.list(UNFINISHED);
    if (open.length === 0 || waitedMs >= GIVE_UP_AFTER_MS) break;
    await sleep(LOOK_EVERY_MS);
  }
  if (open.length > 0 && !force) {
    // A resume packs the contents of withdrawn jobs again.
    for (const { id } of await jobs.list([...UNFINISHED, ...FINISHED])) if (id !== undefined) found.delete(id);
    await state.remove(keysOf([...found.values()].flat()));
    return { kind: "busy", ...at, jobs: open.length };
  }

  // With what workers have written since the first look.
  const ended = await jobs.list(FINISHED);
  await note(ended);
  for (const { id } of ended) if (id !== undefined) await jobs.remove(id);
  for (const { id } of open) if (id !== undefined) found.delete(id);
  const contents = [...found.values()].flat();
  await state.remove(keysOf(contents));
  await unmarkOrphaned(identity, state);
  const permits = await state.removeExpired();
  await forgetEvents(backend.openQueue(record.queue));
  const count = new Set(contents.map((content) => ("key" in content ? content.key : ""))).size;
  return { kind: "discarded", ...at, jobs: found.size, contents: count, permits, left: open.length };
}

/** Everything that is kept beside a job, also what is named in what is kept there. */
async function contentsBeside(
  { id = "", data, returnvalue }: AnyJob,
  state: SharedState,
): Promise<readonly ContentText[]> {
  const box = contentBox(id, state);
  // One that cannot be read names nothing more.
  const read = await readJobData(data, box).catch(() => undefined);
  const result = await readJobResult(returnvalue, box).catch(() => undefined);
  const reports = [...(read?.value?.done ?? []), ...(result?.value?.done ?? [])];
  return [
    ...sealedContents(data),
    ...sealedContents(returnvalue),
    ...(read?.value ? [read.value.content] : []),
    ...reports.flatMap(contentsOf),
  ].filter((content) => "key" in content);
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
