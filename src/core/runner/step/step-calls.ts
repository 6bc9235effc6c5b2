import { isConnectionFailure, type CallLane, type LaneCall, type TurnWatch } from "../../lane/index.ts";
import { classifyFailure } from "../../failure/index.ts";
import { meterModel, type Model, sumUsage, type Usage } from "../../model/index.ts";
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
  modelOf(signal: AbortSignal): Model;
  /** Runs the step's work in the lane that the step names for an API of its own. */
  run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Runs other code of the step's, in no lane. */
  note<T>(work: () => Promise<T> | T): Promise<T> | T;
  /** What the calls cost so far; `undefined` when there were none. */
  usage(): Usage | undefined;
}

/**
 * How a step's calls are made. The calls of `ctx.model` wait for the model's lane one by one, whichever step makes
 * them. A step that talks to another API holds a slot of the lane that it names while its `process` runs. A step that
 * names none gets a lane of its own name as soon as its API cannot be reached or asks to slow down.
 */
export function stepCalls(step: RunnableStep, deps: RunDeps): (item: CallingItem, use: CallUse) => ItemCalls {
  const named = deps.laneOf(step.lane);
  const ownLane = named === deps.metering.lane ? undefined : named;
  const mayNeedLane = step.lane === undefined && step.stage === StageType.transform;
  const { priority } = step;
  let laneInNeed: CallLane | undefined;

  return ({ phase, itemId }, { sinceMs, turn, guard }) => {
    const calls = deps.callNote?.(phase, itemId, step.name);
    const note = calls && new WorkNote(calls);
    const call: LaneCall = { itemId, priority, sinceMs, turn };
    let usage: Usage | undefined;
    let asksModel = false;
    const use = {
      ...call,
      priority,
      sinceMs,
      onCall: () => {
        asksModel = true;
      },
      onUsage: (more: Usage) => {
        usage = sumUsage([usage, more]);
      },
      noteCall: note?.call.bind(note),
      confirmCall: guard?.send.bind(guard),
    };
    return {
      modelOf: (signal) => meterModel(deps.services.model, deps.metering, { ...use, signal }),
      usage: () => usage,
      note: (work) => (note ? note.run(work) : work()),
      run(process, signal) {
        const confirmed = async (): ReturnType<typeof process> => {
          const asked = guard?.begin();
          if (asked) await asked;
          return process();
        };
        const unnoted = guard ? confirmed : process;
        // Inside the lane: an item that waits for its turn is not at work.
        const work = note ? () => note.run(unnoted) : unnoted;
        const lane = ownLane ?? laneInNeed;
        if (lane) return lane.call({ ...call, signal }, work);
        if (!mayNeedLane) return work();
        return work().catch((error: unknown) => {
          // What the model's lane has handled is no sign that another API is in trouble.
          if (asksModel || !isTrouble(error)) throw error;
          laneInNeed ??= deps.laneOf(step.name);
          return laneInNeed ? laneInNeed.call({ ...call, signal }, failFirst(error, work)) : Promise.reject(error);
        });
      },
    };
  };
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
