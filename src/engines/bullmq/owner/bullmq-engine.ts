import type { DispatchedRun, Dispatcher, Engine } from "../../../core/runner/index.ts";
import { DisposalStack } from "../../../core/base/index.ts";
import { messageOf } from "../../../core/failure/index.ts";
import { localEngine } from "../../local.ts";
import { withoutPassword, type QueueAddress } from "../queue/address.ts";
import { claimFor } from "./claim-session.ts";
import { clearAtEnd } from "./clear-at-end.ts";
import { makeDispatcher } from "./dispatcher.ts";
import { BULLMQ, moveToQueue, readEngineRecord } from "./engine-record.ts";
import { discardJobs } from "./discard-jobs.ts";
import { JobBoard } from "./job-board.ts";
import { orphanWhenStopped } from "./orphan-when-stopped.ts";
import { reclaimJobs } from "./reclaim-jobs.ts";
import { queueNameOf, versionOf } from "../queue/job.ts";
import { openBackend } from "../queue/open-backend.ts";
import { openSessionJobs } from "./session-jobs.ts";
import { closeInTime } from "./close-in-time.ts";
import { watchForWorkers } from "./watch-for-workers.ts";
import { whileClaimed } from "./while-claimed.ts";

/** The options of the BullMQ engine: how the owner of a session reaches its workers. */
export interface BullmqEngineOptions {
  /** Where the queue is. */
  readonly address: QueueAddress;
  /** Accepts a Redis that may lose data. @default false */
  readonly allowVolatile?: boolean;
  /**
   * When it reclaims items: goes on without an unreachable queue. Work that was done there is done again. @default
   * false
   */
  readonly force?: boolean;
}

/**
 * An engine that runs the steps of a session on workers, on any machine that reaches the same Redis or Postgres.
 * Reading the source, collecting and loading stay with the process that owns the session. Delivery is at least once.
 *
 * @example
 * ```ts no-run
 * import { definePipeline, runPipeline } from "holdfast";
 * import { createBullmqEngine } from "holdfast/bullmq";
 * import { writeMarkdown } from "holdfast/sinks";
 * import { readJsonl } from "holdfast/sources";
 *
 * const pipeline = definePipeline("notes").phase("import", (phase) =>
 *   phase
 *     .extract(readJsonl("docs.jsonl"))
 *     .load(writeMarkdown("out", (doc) => ({ title: "A doc", body: JSON.stringify(doc) }))),
 * );
 * // Workers anywhere that reach this Redis do the steps; without one, this process does them itself.
 * await runPipeline(pipeline, { engine: createBullmqEngine({ address: { redis: "redis://queue:6379" } }) });
 * ```
 */
export function createBullmqEngine({
  address,
  allowVolatile = false,
  force = false,
}: BullmqEngineOptions): Required<Engine> {
  return {
    name: BULLMQ,
    run: (feed, work, options) => localEngine.run(feed, work, options),
    async check() {
      await using _opened = await openBackend(address, { allowVolatile });
    },
    dispatch: (run) => dispatch(run, address, allowVolatile),
    reclaim: (run) => reclaimJobs(run, { address, force }),
    discard: (session, options) => discardJobs(session, { address, ...options }),
  };
}

/** A connection may close without an error. */
const why = (error: unknown): string => (error === undefined ? "" : ` (${messageOf(error)})`);

async function dispatch(
  run: DispatchedRun,
  address: QueueAddress,
  allowVolatile: boolean,
): Promise<Dispatcher | undefined> {
  const { pipeline, modelId, say } = run;
  let board: JobBoard | undefined;
  const opened = await openBackend(address, {
    allowVolatile,
    onConnection: (change) => {
      if (change.kind === "lost")
        return say(`Lost the connection to the queue${why(change.error)}; waiting for it to come back`);
      say("The queue answers again");
      board?.lookAtAll();
    },
  });
  await using undo = new DisposalStack();
  undo.use(opened);
  const claim = await claimFor(run, opened.state);
  if (!claim) return undefined;
  undo.use(claim);
  const backend = whileClaimed(opened, claim);
  const before = readEngineRecord(run.facts);
  const queue = queueNameOf(pipeline, modelId);
  const { epoch } = await moveToQueue(run, { address: backend.address, queue, url: withoutPassword(address) });
  if (before && before.epoch !== epoch) {
    // Jobs left there from an earlier stay would be done for nothing.
    await using left = await openSessionJobs(backend, before.queue, run);
    await left.clear();
  }
  const jobs = await JobBoard.open(backend, queue, {
    // What an earlier run left there may have ended since; a new session's items are in no queue.
    mayBeThere: before !== undefined,
    onError: (error) => say(`The queue does not answer (${messageOf(error)}); trying again`),
  });
  board = jobs;
  undo.use(jobs);
  const version = versionOf(pipeline, modelId);
  undo.use(watchForWorkers({ pipeline: pipeline.name, version, board: jobs, state: backend.state, say }));
  undo.use(await orphanWhenStopped(run, claim, opened.state));
  // Last, so that nothing is removed when the opening fails.
  if (before) undo.use(clearAtEnd(run, () => openSessionJobs(backend, queue, run)));
  const open = undo.move();
  return makeDispatcher(run, {
    board: jobs,
    state: backend.state,
    epoch,
    claim,
    close: () => closeInTime(open, backend.state),
  });
}
