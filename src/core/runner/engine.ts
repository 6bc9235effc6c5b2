/// <reference lib="esnext.disposable" preserve="true" />
import type { LearningLane, SharedLane, LaneLimits } from "../lane/index.ts";
import type { AnyPipeline, AnswerSetting, Timeouts } from "../pipeline/index.ts";
import type { RetryConfig } from "../../retry/index.ts";
import type { InFlight } from "./in-flight.ts";
import type { RunControl } from "./run-control.ts";
import type { PlannedStep } from "./run-item.ts";
import type { Price } from "../model/index.ts";
import type { AnswerCache, AnswerLeases } from "../storage/index.ts";
import type { ItemsElsewhere, SessionFacts } from "../session/index.ts";
import type { StepRun } from "./step/run-step.ts";

/** The options of an engine's run. */
export interface EngineOptions {
  /** The most items in flight at once. The feed is read only when there is room. */
  readonly window: number;
}

/**
 * Runs items: takes them from a feed while there is room and does the work on each. The runner decides what the work is
 * and what happens to an item that fails: `work` rejects only when the run itself cannot go on. Create an engine with
 * `createBullmqEngine` and pass it to a run; its methods are internal.
 */
export interface Engine {
  readonly name: string;
  /**
   * Resolves when the feed has ended and all work is done; rejects, after the work in flight has ended, with its first
   * rejection.
   *
   * @internal
   */
  run<Item>(feed: AsyncIterable<Item>, work: (item: Item) => Promise<void>, options: EngineOptions): Promise<void>;
  /**
   * Throws when the engine cannot be used, before a session is begun for it. Absent for one that always can.
   *
   * @internal
   */
  readonly check?: () => Promise<void>;
  /**
   * Opens the engine for one run of a session, when it has steps done by other processes. Absent for one that never does,
   * and `undefined` when there is nothing for others in this run.
   *
   * @internal
   */
  readonly dispatch?: (run: DispatchedRun) => Promise<Dispatcher | undefined>;
  /**
   * Takes back the items of a session that this engine gave to other processes before: their results are used, and the
   * rest is done here. `undefined` when nothing of theirs can be used. Throws when they cannot be taken back, and says
   * what to do. Absent for an engine that never gives items away.
   *
   * @internal
   */
  readonly reclaim?: (run: DispatchedRun, from: ItemsElsewhere) => Promise<Dispatcher | undefined>;
  /**
   * Removes the items of a session that this engine gave to other processes, for a session that is removed. `undefined`
   * when none are with others. Throws when it cannot be known. Absent for an engine that never gives items away.
   *
   * @internal
   */
  readonly discard?: Discarder["discard"];
}

/** A session that is about to be removed, with what its engine recorded in it. */
export interface DiscardedSession {
  readonly sessionId: string;
  readonly identity: string;
  /** The pipeline's name. */
  readonly pipeline: string;
  readonly facts: Pick<SessionFacts, "getFact">;
}

/**
 * What became, or would become, of the items that other processes had of a session. `busy`: some processes are at work on so many of them,
 * and nothing was removed. `owned`: another process owns the session, and nothing was removed.
 */
export type Discarded =
  | {
      readonly kind: "discarded";
      readonly address: string;
      readonly jobs: number;
      /** Contents that were kept beside jobs. */
      readonly contents: number;
      /** Expired permits of lanes, of any session. */
      readonly permits: number;
      /** Jobs that processes are at work on, and that stay. */
      readonly left: number;
    }
  | { readonly kind: "busy"; readonly address: string; readonly jobs: number }
  | { readonly kind: "owned"; readonly address: string; readonly host: string; readonly pid: number };

/** The part of an engine that removes what other processes have of a session. */
export interface Discarder {
  readonly name: string;
  /** @internal */
  readonly discard: (
    session: DiscardedSession,
    options: { readonly force: boolean; readonly from: ItemsElsewhere; readonly dryRun?: boolean },
  ) => Promise<Discarded | undefined>;
}

/** The part of an engine that reclaims a session's items. */
export interface Reclaimer {
  readonly name: string;
  /** @internal */
  readonly reclaim: (run: DispatchedRun, from: ItemsElsewhere) => Promise<Dispatcher | undefined>;
}

/** The run of a session whose steps are done elsewhere. The process it is in owns the session: its store, cache and ledger. */
export interface DispatchedRun {
  readonly sessionId: string;
  /** Who the session is in a queue that it shares with others: see `IdentityRecord`. */
  readonly identity: string;
  readonly pipeline: AnyPipeline;
  /** As in `ollama:llama3.2`: workers that have another model are not asked. */
  readonly modelId: string;
  /** Where the engine records that it has the session's items, before it gives the first one away. */
  readonly facts: SessionFacts;
  readonly control: RunControl;
  /** The steps at work, those at workers included, and the items that their user cancelled. */
  readonly inFlight: InFlight;
  readonly settings: WorkerSettings;
  /** The cache of answers: those paid for before, and where new ones go. */
  readonly answers: AnswerCache;
  /** As in `RunDeps`. */
  readonly leases?: AnswerLeases | undefined;
  readonly answerSetting: () => AnswerSetting;
  /** Counts the cost and the failure of a step that was done elsewhere towards the run's limits. */
  readonly count: (step: string, run: StepRun) => void;
  /** Shows the user a line of text. */
  readonly say: (message: string) => void;
}

/** The run's options that affect how its steps are done. Workers get them with each item. */
export interface WorkerSettings {
  readonly retry: Partial<RetryConfig>;
  /** The limits of time of steps that have none of their own. */
  readonly timeouts?: Timeouts | undefined;
  /** By lane; `model` stands for the model's. */
  readonly lanes: Readonly<Record<string, Partial<LaneLimits>>>;
  /** The model's price. */
  readonly price?: Price | undefined;
  /** The embedding model's. */
  readonly embeddingPrice?: Price | undefined;
  /** The most tokens of an answer whose request does not say. */
  readonly maxOutputTokens?: number | undefined;
}

/** Dispatches the steps of one session to other processes. */
export interface Dispatcher extends AsyncDisposable {
  /** The steps of a phase with the runner of each: a remote one, or the local one for a step that has to stay here. */
  stepsOf(phase: string, local: readonly PlannedStep[]): readonly PlannedStep[];
  /** Makes the limits of a lane apply to this process and the others together. */
  shareLane(lane: LearningLane, limits: LaneLimits): SharedLane;
  /** Called when an item has left the window: its result is durable, or it was released. */
  left(phase: string, itemId: string): void;
  /**
   * Items that were released although the run goes on, since they may be what kills the processes that do their steps. From
   * then on such a process does nothing else beside them, until their next step is done.
   */
  takeSuspects(phase: string): readonly string[];
}
