import { DisposalStack, systemClock } from "../core/base/index.ts";
import { StepError, secretMask, type Mask } from "../core/failure/index.ts";
import { TokenEstimator, type Model, type ModelInfo } from "../core/model/index.ts";
import { runnableSteps, type AnyPipeline, type StepServices } from "../core/pipeline/index.ts";
import { CeilingGuard, RunControl, stepRunner, type RunWorld, type StepRunner } from "../core/runner/index.ts";
import { openStageLogs, type StageLogs } from "../core/session/index.ts";
import type { Ledger } from "../core/storage/index.ts";
import {
  announce,
  openBackend,
  queueNameOf,
  settingsOfJob,
  shareLane,
  unlessSilent,
  versionOf,
  watchForOwners,
  type Backend,
  type JobData,
  type JobWorld,
  type QueueAddress,
} from "../engines/bullmq/index.ts";
// From its own file: a user without bullmq has to be able to compile what this package declares.
import { createExtractive } from "../llm/extractive/index.ts";
import { openLanes } from "./open-lanes.ts";

/** How a worker works. */
export interface WorkerOptions {
  readonly address: QueueAddress;
  /** What `ctx.model` is; the owner of a session has to have the same. @default the extractive engine */
  readonly model?: Model;
  /** What else `ctx` offers to steps. */
  readonly services?: Omit<StepServices, "ledger" | "model" | "modelInfo">;
  /** Items at once. @default 16 */
  readonly concurrency?: number;
  /** Uses a Redis that may lose what it was given. @default false */
  readonly allowVolatile?: boolean;
  /** Told what happens, for people. */
  readonly say?: (message: string) => void;
}

/** A worker that is at work. */
export interface RunningWorker extends AsyncDisposable {
  /** Items under way. */
  readonly active: number;
  /** Items that this worker has brought to the end of their stretch. */
  readonly done: number;
  readonly queueName: string;
  /** Takes no more items, finishes the steps under way, and puts what is left down for other workers. */
  leave(): Promise<void>;
  /** Cuts the calls under way. */
  halt(): void;
  /** How many items wait in the queue. */
  countWaiting(): Promise<number>;
}

/**
 * Does steps of a pipeline's items for whichever sessions have them done by workers, until it is told to leave. Only
 * sessions with the same steps and the same model give it items.
 */
export async function startWorker(pipeline: AnyPipeline, options: WorkerOptions): Promise<RunningWorker> {
  const { model = createExtractive(), concurrency = 16, say = () => {}, allowVolatile = false } = options;
  const modelInfo = await model.check();
  for (const note of modelInfo.notes) say(note);
  await using undo = new DisposalStack();
  const backend = undo.use(
    await openBackend(options.address, {
      allowVolatile,
      onConnection: ({ kind }) =>
        say(kind === "lost" ? "The queue's connection is lost; waiting for it" : "The queue answers again"),
    }),
  );
  const queueName = queueNameOf(pipeline, model.id);
  const queue = backend.openQueue(queueName);
  undo.defer(() => queue.close());
  const worlds = new WorkerWorlds(pipeline, model, { backend, modelInfo, services: options.services ?? {} });
  let done = 0;
  const { WorkerLoop } = await import("../engines/bullmq/worker/job-worker.ts");
  const loop = undo.use(
    new WorkerLoop(backend, {
      queueName,
      concurrency,
      worldOf: async (data) => worlds.worldOf(data),
      onJob: ({ kind }) => (done += kind === "done" ? 1 : 0),
    }),
  );
  await Promise.all([loop.ready(), queue.waitUntilReady()]);
  const { name } = pipeline;
  const version = versionOf(pipeline, model.id);
  const self = { role: "worker", pipeline: name, version, modelId: model.id, id: crypto.randomUUID() } as const;
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
    halt: () => worlds.halt(),
    async countWaiting() {
      const counts = await queue.getJobCounts("waiting", "delayed", "prioritized");
      return Object.values(counts).reduce((sum, count) => sum + count, 0);
    },
    async [Symbol.asyncDispose]() {
      await unlessSilent(open[Symbol.asyncDispose](), backend.state, { forMs: PATIENCE_MS });
    },
  };
}

/** So long a worker that is done waits for a database that does not answer; what stays open ends with the process. */
const PATIENCE_MS = 3_000;

interface WorldParts {
  readonly modelInfo: ModelInfo;
  readonly backend: Backend;
  readonly services: Omit<StepServices, "ledger" | "model" | "modelInfo">;
}

/** So many runs of sessions a worker keeps in mind; one more, and the oldest is forgotten and made again when it is met. */
const MOST_WORLDS = 64;

/** What steps need around them, for each run of each session that this worker meets. */
class WorkerWorlds {
  readonly #pipeline: AnyPipeline;
  readonly #model: Model;
  readonly #parts: WorldParts;
  readonly #mask: Mask = secretMask(process.env);
  readonly #open = new Map<string, { readonly world: JobWorld; readonly control: RunControl }>();

  constructor(pipeline: AnyPipeline, model: Model, parts: WorldParts) {
    this.#pipeline = pipeline;
    this.#model = model;
    this.#parts = parts;
  }

  async worldOf(data: JobData): Promise<JobWorld> {
    const key = `${data.sessionId}/${data.runId}`;
    const known = this.#open.get(key);
    // What stopped a run may be mended by the time that the next item comes.
    if (known && !known.control.stopping) return known.world;
    const logs = await openStageLogs({ sessionFolder: "", phase: data.phase, debug: false });
    const made = this.#make(data, logs);
    this.#open.delete(key);
    this.#open.set(key, made);
    const [oldest] = this.#open.keys();
    if (this.#open.size > MOST_WORLDS && oldest !== undefined) this.#open.delete(oldest);
    return made.world;
  }

  halt(): void {
    for (const { control } of this.#open.values()) control.haltNow({ kind: "user", message: "the worker was stopped" });
  }

  #make(data: JobData, logs: StageLogs): { readonly world: JobWorld; readonly control: RunControl } {
    const { sessionId } = data;
    const settings = settingsOfJob(data.settings);
    const control = new RunControl();
    const { state } = this.#parts.backend;
    const laneOf = openLanes({
      options: { lanes: settings.lanes },
      control,
      model: this.#model,
      mask: this.#mask,
      share: (lane, limits) => shareLane(lane, { state, limits, drain: control.drain, random: Math.random }),
    });
    const world: RunWorld = {
      sessionId,
      pipeline: this.#pipeline.name,
      services: {
        ...this.#parts.services,
        model: this.#model,
        modelInfo: this.#parts.modelInfo,
        ledger: noLedger,
      },
      cache: { get: () => undefined, set: () => {} },
      control,
      clock: systemClock,
      random: Math.random,
      retry: settings.retry,
      mask: this.#mask,
      laneOf,
      metering: {
        lane: laneOf("model"),
        price: settings.price,
        estimator: new TokenEstimator(),
        // The owner counts what its workers spend.
        onSpent: () => {},
      },
      ceilings: new CeilingGuard({}, { sessionId, control }),
      logs,
    };
    const runners = new Map<string, StepRunner>();
    for (const phase of this.#pipeline.phases) {
      for (const step of runnableSteps(phase)) {
        if (!step.ownerOnly) runners.set(`${phase.name}/${step.name}`, stepRunner(step, world));
      }
    }
    return {
      control,
      world: { control, mask: this.#mask, runnerOf: (phase, step) => runners.get(`${phase}/${step}`) },
    };
  }
}

const ownersOnly = (): never => {
  throw new StepError(
    "bug",
    "This step uses `ctx.ledger`, which only the process that owns the session has. Say `ownerOnly: true` where the step is defined.",
  );
};

const noLedger: Ledger = {
  find: ownersOnly,
  placesOf: ownersOnly,
  ownerOf: ownersOnly,
  intend: ownersOnly,
  confirm: ownersOnly,
  keep: ownersOnly,
};
