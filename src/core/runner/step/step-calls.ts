import { isConnectionFailure, type CallLane, type LaneCall, type TurnWatch } from "../../lane/index.ts";
import { classifyFailure } from "../../failure/index.ts";
import {
  type Complaints,
  type Embed,
  meterEmbed,
  type MeteredUse,
  meterModel,
  NO_EMBED,
  type StepModel,
  sumUsage,
  type Usage,
  withAnswerer,
} from "../../model/index.ts";
import type { RunDeps } from "../run-deps.ts";
import type { RunnableStep } from "../../pipeline/index.ts";
import { StageType } from "../../base/index.ts";
import type { PendingItem } from "../../storage/index.ts";
import type { CallGuard } from "./call-guard.ts";
import { WorkNote } from "./work-note.ts";

/** The item that a step's calls are made for. */
export type CallingItem = Pick<PendingItem, "phase" | "itemId">;

/** What the calls of one item in one step go by. */
export interface CallUse {
  readonly sinceMs: number;
  readonly turn: TurnWatch;
  /** @default each call goes out when it has its turn */
  readonly guard?: CallGuard | undefined;
}

/** How the calls of one item in one step are made. */
export interface ItemCalls {
  /** The run's model for one attempt, with each of its calls in its lane and counted. */
  modelOf(signal: AbortSignal): StepModel;
  /** The run's embedding model for one attempt, in the same way. */
  embedOf(signal: AbortSignal): Embed;
  /** Whether the step's work begins at once: it waits for no lane, and nobody notes it or is asked first. */
  isAtOnce(): boolean;
  /** Runs the step's work in the lane that the step names for an API of its own. */
  run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Runs other code of the step's, in no lane. */
  note<T>(work: () => Promise<T> | T): Promise<T> | T;
  /** What the calls cost so far; `undefined` when there were none. */
  readonly usage: Usage | undefined;
}

/** What the calls of a step have in common. */
interface StepLane {
  readonly deps: RunDeps;
  readonly priority: number;
  readonly own: CallLane | undefined;
  /** The lane of a step that names none, from the moment when it needs one. */
  inNeed: CallLane | undefined;
  /** Gives it; `undefined` for a step that gets none. */
  readonly open: (() => CallLane | undefined) | undefined;
}

/**
 * How a step's calls are made. The calls of `ctx.model` wait for the model's lane one by one, whichever step makes
 * them. A step that talks to another API holds a slot of the lane that it names while its `process` runs. A step that
 * names none gets a lane of its own name as soon as its API cannot be reached or asks to slow down.
 */
export function stepCalls(step: RunnableStep, deps: RunDeps): (item: CallingItem, use: CallUse) => ItemCalls {
  const named = deps.laneOf(step.lane);
  const mayNeedLane = step.lane === undefined && step.stage === StageType.transform;
  const lane: StepLane = {
    deps,
    priority: step.priority,
    own: named === deps.metering.lane || named === deps.embedding?.metering.lane ? undefined : named,
    inNeed: undefined,
    open: mayNeedLane ? () => (lane.inNeed ??= deps.laneOf(step.name)) : undefined,
  };
  return ({ phase, itemId }, use) => {
    const calls = deps.callNote?.(phase, itemId, step.name);
    return new CallsOfItem(lane, { ...use, itemId, note: calls && new WorkNote(calls) });
  };
}

interface Calling extends CallUse {
  readonly itemId: string;
  readonly note: WorkNote | undefined;
}

/** A class, since one is made for each step of each item, and most make no call. */
class CallsOfItem implements ItemCalls {
  readonly #lane: StepLane;
  readonly #calling: Calling;
  usage: Usage | undefined;
  #asksModel = false;
  #complaints: Complaints | undefined;

  constructor(lane: StepLane, calling: Calling) {
    this.#lane = lane;
    this.#calling = calling;
  }

  modelOf(signal: AbortSignal): StepModel {
    const { deps } = this.#lane;
    return meterModel(deps.services.model, deps.metering, this.#use(signal));
  }

  embedOf(signal: AbortSignal): Embed {
    const { embedding } = this.#lane.deps;
    return embedding ? meterEmbed(embedding, this.#use(signal)) : NO_EMBED;
  }

  #use(signal: AbortSignal): MeteredUse {
    const { itemId, sinceMs, turn, note, guard } = this.#calling;
    return {
      itemId,
      priority: this.#lane.priority,
      sinceMs,
      turn,
      signal,
      complaints: () => (this.#complaints ??= new Map()),
      noteCall: note && ((call) => note.call(call)),
      confirmCall: guard && (() => guard.send()),
      onCall: () => {
        this.#asksModel = true;
      },
      onUsage: (more) => {
        this.usage = sumUsage([this.usage, more]);
      },
      onAnsweredBy: (id) => {
        this.usage = withAnswerer(this.usage, id);
      },
    };
  }

  isAtOnce(): boolean {
    const { own, inNeed } = this.#lane;
    const { note, guard } = this.#calling;
    return own === undefined && inNeed === undefined && note === undefined && guard === undefined;
  }

  note<T>(work: () => Promise<T> | T): Promise<T> | T {
    const { note } = this.#calling;
    return note ? note.run(work) : work();
  }

  async run<T>(process: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const { own, inNeed, open, priority } = this.#lane;
    const { itemId, sinceMs, turn, note, guard } = this.#calling;
    const call: LaneCall = { itemId, priority, sinceMs, turn, signal };
    const confirmed = async (): Promise<T> => {
      const asked = guard?.begin();
      if (asked) {
        await asked;
        // It may have taken long: nobody waits for the call any more.
        signal.throwIfAborted();
      }
      return process();
    };
    const unnoted = guard ? confirmed : process;
    // Inside the lane: an item that waits for its turn is not at work.
    const work = note ? () => note.run(unnoted) : unnoted;
    const lane = own ?? inNeed;
    if (lane) return lane.call(call, work);
    try {
      return await work();
    } catch (error) {
      // What the model's lane has handled is no sign that another API is in trouble.
      if (this.#asksModel || !isTrouble(error)) throw error;
      const needed = open?.();
      if (!needed) throw error;
      return needed.call(call, failFirst(error, work));
    }
  }
}

const isTrouble = (error: unknown): boolean => classifyFailure(error) === "rate_limit" || isConnectionFailure(error);

/** Work that has failed once, outside of the lane that now has to judge that failure. */
function failFirst<T>(error: unknown, work: () => Promise<T>): () => Promise<T> {
  let hasFailed = false;
  return () => {
    if (hasFailed) return work();
    hasFailed = true;
    return Promise.reject(error);
  };
}
