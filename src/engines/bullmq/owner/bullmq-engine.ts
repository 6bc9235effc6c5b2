import type { DispatchedRun, Dispatcher, Engine } from "../../../core/runner/index.ts";
import { DisposalStack } from "../../../core/base/index.ts";
import { messageOf } from "../../../core/failure/index.ts";
import { localEngine } from "../../local.ts";
import { withoutPassword, type QueueAddress } from "../queue/address.ts";
import { assertOnlyOwner } from "./claim-session.ts";
import { makeDispatcher } from "./dispatcher.ts";
import { BULLMQ, moveToQueue, readEngineRecord } from "./engine-record.ts";
import { discardJobs } from "./discard-jobs.ts";
import { JobBoard } from "./job-board.ts";
import { isAlive } from "./process-alive.ts";
import { reclaimJobs } from "./reclaim-jobs.ts";
import { queueNameOf, versionOf } from "../queue/job.ts";
import { openBackend } from "../queue/open-backend.ts";
import { openSessionJobs } from "./session-jobs.ts";
import { markOrphaned, unmarkOrphaned } from "../queue/orphaned-session.ts";
import { announce } from "../queue/presence.ts";
import type { SharedState } from "../queue/shared-state.ts";
import { unlessUnresponsive } from "../queue/watchdog.ts";
import { watchForWorkers } from "./watch-for-workers.ts";

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
    dispatch: (run) => dispatch(run, address, allowVolatile),
    reclaim: (run) => reclaimJobs(run, { address, force }),
    discard: (session, options) => discardJobs(session, { address, ...options }),
  };
}

async function dispatch(run: DispatchedRun, address: QueueAddress, allowVolatile: boolean): Promise<Dispatcher> {
  const { pipeline, modelId, sessionId, identity, say } = run;
  let board: JobBoard | undefined;
  const backend = await openBackend(address, {
    allowVolatile,
    onConnection: (change) => {
      if (change.kind === "lost")
        return say(`Lost the connection to the queue (${messageOf(change.error)}); waiting for it to come back`);
      say("The queue answers again");
      board?.lookAtAll();
    },
  });
  await using undo = new DisposalStack();
  undo.use(backend);
  const before = readEngineRecord(run.facts);
  const { state } = backend;
  const { drain } = run.control;
  await assertOnlyOwner({ pipeline: pipeline.name, identity, sessionId, state, drain, say, isAlive });
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
  const self = { role: "owner", pipeline: pipeline.name, version, modelId, id: identity, session: sessionId } as const;
  const presence = undo.use(announce(self, backend.state));
  await unmarkOrphaned(identity, backend.state);
  // The process may end before it is closed in order.
  undo.use(onAbort(run.control.halt, () => void leave(presence, identity, backend.state).catch(() => {})));
  undo.use(watchForWorkers({ pipeline: pipeline.name, version, board: jobs, state: backend.state, say }));
  const open = undo.move();
  return makeDispatcher(run, {
    board: jobs,
    state: backend.state,
    epoch,
    close: () => closed(open, run, backend.state),
  });
}

/** Connections to an unresponsive database end with the process. */
const CLOSE_TIMEOUT_MS = 3_000;

async function closed(open: DisposalStack, { control, identity }: DispatchedRun, state: SharedState): Promise<void> {
  const close = async (): Promise<void> => {
    // What stays in the queue is not for workers to go on with: the user stopped it.
    if (control.stopping) await markOrphaned(identity, "stopped", state).catch(() => {});
    await open[Symbol.asyncDispose]();
  };
  await unlessUnresponsive(close(), state, { forMs: CLOSE_TIMEOUT_MS });
}

/** Tells workers that the owner of a session has stopped, and what is in the queue is not to be gone on with. */
async function leave(presence: AsyncDisposable, identity: string, state: SharedState): Promise<void> {
  await Promise.all([markOrphaned(identity, "stopped", state), presence[Symbol.asyncDispose]()]);
}

function onAbort(signal: AbortSignal, listener: () => void): Disposable {
  signal.addEventListener("abort", listener, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener("abort", listener) };
}
