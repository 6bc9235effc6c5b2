import { systemClock } from "../base/index.ts";
import type { Mask } from "../failure/index.ts";
import {
  Lane,
  resolveLaneLimits,
  type CallLane,
  type LaneLimits,
  type LaneTimeline,
  type SharedLane,
} from "../lane/index.ts";
import type { EmbeddingModel, Model } from "../model/index.ts";
import type { RunControl } from "./run-control.ts";
import type { RunListener } from "./run-event.ts";

export interface OpenLanesOptions {
  /** Limits by lane; `model` stands for the lane of the model, and `embedding` for the embedding model's. */
  readonly lanes?: Readonly<Record<string, Partial<LaneLimits>>> | undefined;
  readonly onEvent?: RunListener | undefined;
  readonly control: RunControl;
  readonly model: Model;
  readonly embeddingModel?: EmbeddingModel | undefined;
  /** Where the events of the lanes are recorded; nowhere when absent. */
  readonly timeline?: LaneTimeline;
  readonly mask: Mask;
  /** Makes the limits of a lane apply to several processes. @default they apply to this one */
  readonly share?: (lane: Lane, limits: LaneLimits) => SharedLane;
}

/**
 * Returns lanes by the names that steps use: `model` is the lane of the run's model, and `embedding` that of its embedding
 * model where it has one. A lane is made when it is first
 * named; steps that name the same one share it.
 */
export function openLanes(deps: OpenLanesOptions): (name: string | undefined) => CallLane | undefined {
  const open = new Map<string, CallLane>();
  return (named) => {
    const name = laneNamed(named, deps);
    if (name === undefined) return undefined;
    const lane = open.get(name) ?? makeLane(name, deps);
    open.set(name, lane);
    return lane;
  };
}

function laneNamed(named: string | undefined, { model, embeddingModel }: OpenLanesOptions): string | undefined {
  if (named === "model") return model.lane;
  return named === "embedding" && embeddingModel ? embeddingModel.lane : named;
}

function makeLane(
  name: string,
  { lanes = {}, onEvent, control, model, embeddingModel, timeline, mask, share }: OpenLanesOptions,
): CallLane {
  const isModels = name === model.lane;
  const isEmbeddings = name === embeddingModel?.lane;
  // Whose health says whether the API of the lane is there.
  const checked = isModels ? model : isEmbeddings ? embeddingModel : undefined;
  const limits = resolveLaneLimits({
    ...(isModels && lanes["model"]),
    ...(isEmbeddings && lanes["embedding"]),
    ...lanes[name],
  });
  let shared: SharedLane | undefined;
  const lane = new Lane(name, limits, {
    clock: systemClock,
    random: Math.random,
    drain: control.drain,
    onDown: (message) => control.stop({ kind: "unusable", failure: "outage", message }),
    onEvent: (laneEvent) => {
      // An API may echo in its answer what it was sent.
      const event = { ...laneEvent, message: mask(laneEvent.message) };
      timeline?.add(event);
      shared?.publish(laneEvent);
      onEvent?.({ kind: "lane", event });
    },
    ...(checked && { checkHealth: (signal: AbortSignal) => checked.check(signal) }),
  });
  shared = share?.(lane, limits);
  return shared ?? lane;
}
