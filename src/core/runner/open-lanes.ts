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
import { lanesOf, type EmbeddingModel, type Model } from "../model/index.ts";
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
  const models = lanesOf(deps.model);
  const { models: all = [], unusable } = deps.model.alternatives ?? {};
  /** Models whose API was away for longer than it may be. */
  const givenUp = new Set<Model>();
  /** Whether another model than that can be asked, now or in a while. */
  const isAnotherOpen = (model: Model): boolean => {
    givenUp.add(model);
    return all.some((other) => {
      if (other === model || unusable?.has(other)) return false;
      const [name] = [...models].find(([, each]) => each === other) ?? [];
      // One that is only waited for has not been given up; one that answers again is waited for no more.
      return name === undefined || !givenUp.has(other) || open.get(name)?.isClosed !== true;
    });
  };
  return (named) => {
    const name = laneNamed(named, deps);
    if (name === undefined) return undefined;
    const asked = models.get(name);
    const lane = open.get(name) ?? makeLane(name, { ...deps, asked, isAnotherOpen });
    open.set(name, lane);
    return lane;
  };
}

function laneNamed(named: string | undefined, { model, embeddingModel }: OpenLanesOptions): string | undefined {
  if (named === "model") return model.lane;
  return named === "embedding" && embeddingModel ? embeddingModel.lane : named;
}

interface LaneSetting extends OpenLanesOptions {
  /** The model that the lane is for; `undefined` for the lane of another API. */
  readonly asked: Model | undefined;
  readonly isAnotherOpen: (model: Model) => boolean;
}

function makeLane(
  name: string,
  { lanes = {}, onEvent, control, model, embeddingModel, timeline, mask, share, asked, isAnotherOpen }: LaneSetting,
): CallLane {
  const isEmbeddings = name === embeddingModel?.lane;
  // Whose health says whether the API of the lane is there.
  const checked = asked ?? (isEmbeddings ? embeddingModel : undefined);
  const limits = resolveLaneLimits({
    ...(name === model.lane && lanes["model"]),
    ...(isEmbeddings && lanes["embedding"]),
    ...lanes[name],
  });
  let shared: SharedLane | undefined;
  const lane = new Lane(name, limits, {
    clock: systemClock,
    random: Math.random,
    drain: control.drain,
    onDown(message) {
      if (asked && isAnotherOpen(asked)) return false;
      control.stop({ kind: "unusable", failure: "outage", message });
      return true;
    },
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
