import { DisposalStack } from "../../../core/base/index.ts";
/// <reference lib="esnext.disposable" preserve="true" />
import { guardProcess, watchRunningCode, type Uncaught, type UnexpectedExit } from "../../../core/runner/index.ts";
import type { Model } from "../../../core/model/index.ts";
import type { AnyPipeline, StepServices } from "../../../core/pipeline/index.ts";
import type { QueueAddress } from "../queue/address.ts";
import { queueNameOf, versionOf } from "../queue/job.ts";
import { LOCK_MS } from "../queue/lease.ts";
import { openBackend } from "../queue/open-backend.ts";
import { announce } from "../queue/presence.ts";
import { unlessUnresponsive } from "../queue/watchdog.ts";
import { startLeaseKeeper } from "./lease-keeper.ts";
import { watchForOwners } from "./watch-for-owners.ts";
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
  /** More services for steps, which they find in `ctx`. */
  readonly services?: Omit<StepServices, "ledger" | "model" | "modelInfo">;
  /** Items at once. @default 16 */
  readonly concurrency?: number;
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
  /** Items whose range of steps this worker has finished. */
  readonly done: number;
  /** The queue that it takes items from, as BullMQ's tools show it. */
  readonly queueName: string;
  /** Takes no more items, finishes the running steps, and releases the rest for other workers. */
  leave(): Promise<void>;
  /** Aborts the calls in flight. */
  halt(): void;
  /** How many items wait in the queue. */
  countWaiting(): Promise<number>;
}

/** Starts a worker of the pipeline; it runs until it leaves. */
export async function startWorker(
  pipeline: AnyPipeline,
  options: WorkerOptions & { readonly model: Model },
): Promise<RunningWorker> {
  const { model, concurrency = 16, say = () => {}, allowVolatile = false, services = {} } = options;
  const modelInfo = await model.check();
  for (const note of modelInfo.notes) say(note);
  await using undo = new DisposalStack();
  const backend = undo.use(
    await openBackend(options.address, {
      allowVolatile,
      onConnection: ({ kind }) =>
        say(kind === "lost" ? "Lost the connection to the queue; waiting for it" : "The queue answers again"),
    }),
  );
  const queueName = queueNameOf(pipeline, model.id);
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
  const runs = new WorkerRuns({ pipeline, model, modelInfo, services, state: backend.state, running });
  let done = 0;
  // Missing packages were reported when the queue was opened.
  const { WorkerLoop } = await import("./job-worker.ts");
  const { address } = options;
  const leases = undo.use(await startLeaseKeeper({ address, queueName, leaseMs: LOCK_MS }));
  const loop = undo.use(
    new WorkerLoop(backend, {
      leases,
      queueName,
      concurrency,
      depsOf: async (data) => runs.depsOf(data),
      onJob: ({ kind }) => (done += kind === "done" ? 1 : 0),
    }),
  );
  await Promise.all([loop.ready(), queue.waitUntilReady()]);
  const version = versionOf(pipeline, model.id);
  const id = crypto.randomUUID();
  const self = { role: "worker", pipeline: pipeline.name, version, modelId: model.id, id } as const;
  undo.use(announce(self, backend.state));
  undo.use(watchForOwners({ self, state: backend.state, say }));
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
    async countWaiting() {
      const counts = await queue.getJobCounts("waiting", "delayed", "prioritized");
      return Object.values(counts).reduce((sum, count) => sum + count, 0);
    },
    async [Symbol.asyncDispose]() {
      await unlessUnresponsive(open[Symbol.asyncDispose](), backend.state, { forMs: CLOSE_MS });
    },
  };
}

/** How long a leaving worker waits for an unresponsive database; open connections end with the process. */
const CLOSE_MS = 3_000;
