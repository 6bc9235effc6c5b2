import { systemClock } from "../../../core/base/index.ts";
import { StepError, secretMask, type Mask } from "../../../core/failure/index.ts";
import {
  NO_BUDGET,
  TokenEstimator,
  type EmbeddingModel,
  type Model,
  type ModelInfo,
} from "../../../core/model/index.ts";
import { runnableSteps, type AnyPipeline, type StepServices } from "../../../core/pipeline/index.ts";
import {
  InFlight,
  LimitGuard,
  openLanes,
  openMetering,
  RunControl,
  type RunningCode,
  stepRunner,
  type RunDeps,
  type StepRunner,
} from "../../../core/runner/index.ts";
import { openStageLogs, type StageLogs } from "../../../core/session/index.ts";
import type { Ledger } from "../../../core/storage/index.ts";
import { shareLane } from "../permits/lane-gate.ts";
import type { JobData } from "../queue/job.ts";
import type { SharedState } from "../queue/shared-state.ts";
import type { JobDeps } from "./do-job.ts";
import { settingsOfJob } from "./read-job.ts";
import { CallNotes } from "./suspect-note.ts";

export interface WorkerRunsOptions {
  readonly pipeline: AnyPipeline;
  readonly model: Model;
  readonly embeddingModel?: EmbeddingModel | undefined;
  readonly modelInfo: ModelInfo;
  readonly services: Omit<StepServices, "ledger" | "model" | "embed" | "modelInfo">;
  readonly state: SharedState;
  readonly running: RunningCode;
  /** Shows a line of text to the user. */
  readonly say: (message: string) => void;
}

/**
 * How many runs of sessions a worker keeps in memory; beyond that the oldest is dropped, and created again for its next
 * item.
 */
const MOST_RUNS = 64;

interface OpenRun {
  readonly deps: JobDeps;
  readonly control: RunControl;
}

/** The dependencies of steps, for each run of each session that gives this worker items. */
export class WorkerRuns {
  readonly #options: WorkerRunsOptions;
  readonly #mask: Mask = secretMask(process.env);
  readonly #open = new Map<string, OpenRun>();

  constructor(options: WorkerRunsOptions) {
    this.#options = options;
  }

  async depsOf(data: JobData): Promise<JobDeps> {
    const key = `${data.identity}/${data.runId}`;
    const known = this.#open.get(key);
    // What stopped a run may be fixed by the time that the next item comes.
    if (known && !known.control.stopping) return known.deps;
    const logs = await openStageLogs({ sessionFolder: "", phase: data.phase, debug: false });
    const made = this.#make(data, logs);
    this.#open.delete(key);
    this.#open.set(key, made);
    const [oldest] = this.#open.keys();
    if (this.#open.size > MOST_RUNS && oldest !== undefined) this.#open.delete(oldest);
    return made.deps;
  }

  /** Aborts the calls in flight. */
  halt(): void {
    for (const { control } of this.#open.values()) control.haltNow({ kind: "user", message: "the worker was stopped" });
  }

  #make({ sessionId, identity, settings: given }: JobData, logs: StageLogs): OpenRun {
    const { pipeline, model, embeddingModel, modelInfo, services, state, running, say } = this.#options;
    const { lanes, prices, maxOutputTokens, retry, timeouts = {} } = settingsOfJob(given);
    const control = new RunControl();
    const laneOf = openLanes({
      lanes,
      control,
      model,
      embeddingModel,
      mask: this.#mask,
      share: (lane, limits) => shareLane(lane, { state, limits, drain: control.drain, random: Math.random }),
    });
    const inFlight = new InFlight({ control, clock: systemClock });
    const callNotes = new CallNotes();
    const deps: RunDeps = {
      sessionId,
      identity,
      pipeline: pipeline.name,
      services: { ...services, model, modelInfo, ledger: noLedger },
      // The owner has the cache and its leases, and does not say whether its answers are wanted.
      cache: { get: () => undefined, set: () => {} },
      control,
      clock: systemClock,
      random: Math.random,
      retry,
      timeouts,
      inFlight,
      mask: this.#mask,
      laneOf,
      metering: openMetering({
        model,
        laneOf,
        prices,
        // The owner counts what its workers spend.
        budget: NO_BUDGET,
        maxOutputTokens,
        contextTokens: modelInfo.contextTokens,
        say,
      }),
      embedding: embeddingModel && {
        model: embeddingModel,
        metering: {
          lane: laneOf("embedding"),
          price: prices[embeddingModel.id],
          estimator: new TokenEstimator(),
          budget: NO_BUDGET,
        },
      },
      callNote: (phase, itemId) => callNotes.of(phase, itemId),
      limits: new LimitGuard({}, { sessionId, control }),
      logs,
      running,
    };
    const runners = new Map<string, StepRunner>();
    for (const phase of pipeline.phases) {
      for (const step of runnableSteps(phase)) {
        if (!step.ownerOnly) runners.set(`${phase.name}/${step.name}`, stepRunner(step, deps));
      }
    }
    const runnerOf = (phase: string, step: string): StepRunner | undefined => runners.get(`${phase}/${step}`);
    return { control, deps: { control, inFlight, callNotes, mask: this.#mask, runnerOf } };
  }
}

const ownersOnly = (): never => {
  throw new StepError(
    "bug",
    "This step uses `ctx.ledger`, which only the process that owns the session has. Set `ownerOnly: true` where the step is defined.",
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
