import { DisposalStack } from "../../../core/base/index.ts";
/// <reference lib="esnext.disposable" preserve="true" />
import { guardProcess, watchRunningCode, type Uncaught, type UnexpectedExit } from "../../../core/runner/index.ts";
import { idOfModels, type EmbeddingModel, type Model } from "../../../core/model/index.ts";
import { assertTimeout, type AnyPipeline, type StepServices } from "../../../core/pipeline/index.ts";
import { parseDuration, type Duration } from "../../../retry/index.ts";
import type { QueueAddress } from "../queue/address.ts";
import { queueNameOf, versionOf } from "../queue/job.ts";
import { LOCK_MS } from "../queue/lease.ts";
import { openBackend } from "../queue/open-backend.ts";
import { announce } from "../queue/presence.ts";
import { unlessUnresponsive } from "../queue/watchdog.ts";
import { permitsKept, valuesKept } from "./kept-while-blocked.ts";
import { startLeaseKeeper } from "./lease-keeper.ts";
import { OwnerWatch } from "./owner-watch.ts";
import { reportStrangers } from "./report-strangers.ts";
import { waitingJobs } from "./waiting-jobs.ts";
import { WorkerRuns } from "./worker-runs.ts";

/** The options of a worker. */
export interface WorkerOptions {
  /** Where the queue is. */
  readonly address: QueueAddress;
  /**
   * The language model, which steps use as `ctx.model`; the owner of a session must have the same. @default the
   * extractive engine
   */
  readonly model?: Model;
  /** The embedding model, which steps use as `ctx.embed`; the owner of a session must have the same. @default none */
  readonly embeddingModel?: EmbeddingModel;
  /** More services for steps, which they find in `ctx`. */
  readonly services?: Omit<StepServices, "ledger" | "model" | "embed" | "modelInfo">;
  /** Items at once. @default 16 */
  readonly concurrency?: number;
  /**
   * For how long the owner of a session may be gone: after that this worker begins nothing more for the session until its
   * owner is back, so that nobody pays for what nobody waits for. A step that is under way ends, and is kept. `Infinity`
   * for no limit. @default "1m"
   */
  readonly ownerTimeout?: Duration;
  /** Accepts a Redis that may lose data. @default false */
  readonly allowVolatile?: boolean;
  /** Called with lines for people about what happens. */
  readonly say?: (message: string) => void;
  /** Called when the process ends while the worker runs, such as by a `process.exit` in a step; nothing asynchronous can follow. */
  readonly onUnexpectedExit?: (exit: UnexpectedExit) => void;
  /**
   * Called with an error that nobody caught and that no step of an item which is under way has let escape. Given, such
   * errors leave the process alive, and one from such a step fails that item. @default they end the process, as in any program
   */
  readonly onUncaught?: (uncaught: Uncaught) => void;
}

/** A running worker. */
export interface RunningWorker extends AsyncDisposable {
  /** Items in progress. */
  readonly active: number;
  /** Jobs that this worker has finished: each is a range of an item's steps, so an item may be several. */
  readonly done: number;
  /** The queue that it takes items from, as BullMQ's tools show it. */
  readonly queueName: string;
  /** Takes no more items, finishes the running steps, and releases the rest for other workers. */
  leave(): Promise<void>;
  /** Aborts the calls in flight. */
  halt(): void;
  /** How many items wait in the queue, besides those whose owner is gone. */
  countWaiting(): Promise<number>;
}

/** Starts a worker of the pipeline; it runs until it leaves. */
export async function startWorker(
  pipeline: AnyPipeline,
  options: WorkerOptions & { readonly model: Model },
): Promise<RunningWorker> {
  const { model, embeddingModel, concurrency = 16, say = () => {}, allowVolatile = false, services = {} } = options;
  const { ownerTimeout = OWNER_TIMEOUT } = options;
  assertTimeout("the worker", "ownerTimeout", ownerTimeout, "usage");
  const modelInfo = await model.check();
  const vectors = await embeddingModel?.check();
  for (const note of [...modelInfo.notes, ...(vectors?.notes ?? [])]) say(note);
  const modelId = idOfModels(model, embeddingModel);
  await using undo = new DisposalStack();
  const backend = undo.use(
    await openBackend(options.address, {
      allowVolatile,
      onConnection: ({ kind }) =>
        say(kind === "lost" ? "Lost the connection to the queue; waiting for it" : "The queue answers again"),
    }),
  );
  const queueName = queueNameOf(pipeline, modelId);
  const queue = backend.openQueue(queueName);
  undo.defer(() => queue.close());
  const { running } = undo.use(watchRunningCode(say));
  undo.use(
    guardProcess({
      what: "this worker's work",
      running,
      onExit: options.onUnexpectedExit ?? (() => {}),
      onUncaught: options.onUncaught,
    }),
  );
  let done = 0;
  // Missing packages were reported when the queue was opened.
  const { WorkerLoop } = await import("./job-worker.ts");
  const { address } = options;
  const version = versionOf(pipeline, modelId);
  const self = {
    role: "worker",
    pipeline: pipeline.name,
    version,
    modelId,
    id: crypto.randomUUID(),
  } as const;
  const owners = undo.use(
    new OwnerWatch({
      pipeline: pipeline.name,
      state: backend.state,
      timeoutMs: parseDuration(ownerTimeout),
      say,
      onLook: reportStrangers({ self, say }),
    }),
  );
  const leases = undo.use(await startLeaseKeeper({ address, queueName, leaseMs: LOCK_MS, jobs: concurrency }));
  const state = permitsKept(backend.state, leases);
  const runs = new WorkerRuns({ pipeline, model, embeddingModel, modelInfo, services, state, running, say });
  const loop = undo.use(
    new WorkerLoop(backend, {
      leases,
      owners,
      queueName,
      concurrency,
      depsOf: async (data) => runs.depsOf(data),
      onJob: ({ kind }) => (done += kind === "done" ? 1 : 0),
    }),
  );
  await Promise.all([loop.ready(), queue.waitUntilReady()]);
  undo.use(announce(self, valuesKept(backend.state, leases)));
  const open = undo.move();
  return {
    queueName,
    get active() {
      return loop.active;
    },
    get done() {
      return done;
    },
    leave: () => loop.leave(),
    halt: () => runs.halt(),
    countWaiting: waitingJobs(queue, owners),
    async [Symbol.asyncDispose]() {
      await unlessUnresponsive(open[Symbol.asyncDispose](), backend.state, { forMs: CLOSE_MS });
    },
  };
}

/** How long a leaving worker waits for an unresponsive database; open connections end with the process. */
const CLOSE_MS = 3_000;

/** An owner that is started again by hand or by a supervisor is back by then; a worker pays for a minute at most. */
const OWNER_TIMEOUT: Duration = "1m";
