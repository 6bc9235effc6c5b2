import { DisposalStack } from "../../../core/base/index.ts";
import { HoldfastError } from "../../../core/failure/index.ts";
import { elsewhereOf, type DispatchedRun, type Dispatcher } from "../../../core/runner/index.ts";
import { showAddress, urlOf, type QueueAddress } from "../queue/address.ts";
import type { Backend } from "../queue/backend.ts";
import { makeDispatcher } from "./dispatcher.ts";
import { claimFor } from "./claim-session.ts";
import { closeInTime } from "./close-in-time.ts";
import {
  assertAddress,
  BULLMQ,
  readEngineRecord,
  recordLocal,
  recordReclaimed,
  type EngineRecord,
} from "./engine-record.ts";
import type { JobEnd, Jobs } from "./job-board.ts";
import { queueNameOf } from "../queue/job.ts";
import { openBackend } from "../queue/open-backend.ts";
import { unmarkOrphaned } from "../queue/orphaned-session.ts";
import { unlessUnresponsive } from "../queue/watchdog.ts";
import { FINISHED, openSessionJobs, UNFINISHED } from "./session-jobs.ts";
import { whileClaimed } from "./while-claimed.ts";

/** How long a run that stops waits for a database that does not answer. */
const LOOK_MS = 3_000;

export interface ReclaimJobsOptions {
  readonly address: QueueAddress;
  /** Continues without an unreachable queue. */
  readonly force: boolean;
}

/**
 * Reclaims a session's items from workers: at once those that none has started, the others when they are done. Existing
 * results are used; nothing more is posted.
 */
export async function reclaimJobs(
  run: DispatchedRun,
  { address, force }: ReclaimJobsOptions,
): Promise<Dispatcher | undefined> {
  const record = readEngineRecord(run.facts);
  if (record?.name !== BULLMQ) return undefined;
  assertAddress(record, showAddress(urlOf(address)));
  const opened = await openOr(address, { run, record, force });
  if (!opened) {
    await recordLocal(run.facts);
    return undefined;
  }
  return reclaimFrom(opened, record, run);
}

/** `undefined` when the run is told to stop before all is back. */
export async function reclaimFrom(
  opened: Backend,
  record: Pick<EngineRecord, "epoch" | "queue">,
  run: DispatchedRun,
): Promise<Dispatcher | undefined> {
  await using undo = new DisposalStack();
  undo.use(opened);
  const claim = await claimFor(run, opened.state);
  if (!claim) return undefined;
  undo.use(claim);
  const backend = whileClaimed(opened, claim);
  const queueName = queueNameOf(run.pipeline, run.modelId);
  const jobs = undo.use(await openSessionJobs(backend, record.queue, run));
  const results = await jobs.collect();
  if (!results) return undefined;
  await recordReclaimed(run.facts);
  if (record.queue !== queueName) {
    run.say(
      "The pipeline or the model has changed, or the version of Holdfast: results that workers made before are not used.",
    );
    for (const id of results.keys()) await jobs.remove(id);
    results.clear();
  }
  const board: Jobs = {
    async post(id, { steps: [next] }): Promise<JobEnd> {
      const end = results.get(id);
      results.delete(id);
      if (end?.kind !== "result" || end.result.done.some(({ step }) => step === next)) return end ?? { kind: "absent" };
      // The worker died before this step, and what it did before is recorded.
      await jobs.remove(id);
      return { kind: "absent" };
    },
    takeBack: async () => true,
    discard: async () => true,
    abandon: () => {},
    forget: () => {},
    remove: (id) => jobs.remove(id),
  };
  /** Whether nothing of the session is in the queue, as far as its database says so now. */
  async function isLeftEmpty(): Promise<boolean> {
    let isEmpty = false;
    const look = async (): Promise<void> => {
      // What is there is another owner's then.
      if (!(await claim?.isStillHeld())) return;
      isEmpty = (await jobs.list([...UNFINISHED, ...FINISHED])).length === 0;
    };
    await unlessUnresponsive(
      look().catch(() => {}),
      backend.state,
      { forMs: LOOK_MS },
    );
    return isEmpty;
  }
  const open = undo.move();
  return makeDispatcher(run, {
    board,
    state: backend.state,
    epoch: record.epoch,
    claim,
    close: async () => {
      const isOver = !run.control.stopping;
      if (isOver) for (const id of results.keys()) await jobs.remove(id);
      // Until all results there are used or known to be useless, another resume has to check again.
      if (isOver || (await isLeftEmpty())) {
        await recordLocal(run.facts);
        await unmarkOrphaned(run.identity, backend.state).catch(() => {});
      }
      await closeInTime(open, backend.state);
    },
  });
}

/** The queue's database, or nothing when it is unreachable and the session goes on without it. */
async function openOr(
  address: QueueAddress,
  { run, record, force }: { readonly run: DispatchedRun; readonly record: EngineRecord; readonly force: boolean },
): Promise<Backend | undefined> {
  try {
    // The data of a volatile Redis is there now or lost.
    return await openBackend(address, { allowVolatile: true });
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== "queue_unusable") throw error;
    if (!force) throw unreachable(error, record, run.sessionId);
    run.say(`${error.message} Continuing without it: work that the workers did not hand over is done again.`);
    return undefined;
  }
}

const unreachable = (error: HoldfastError, record: EngineRecord, id: string): HoldfastError =>
  new HoldfastError("queue_unusable", `${error.message} ${elsewhereOf(record, `session ${id}`)}.`, {
    cause: error,
    hint: { kind: "reclaim_by_force", sessionId: id },
  });
