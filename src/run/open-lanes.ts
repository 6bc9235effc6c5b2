import {
  Lane,
  resolveLaneLimits,
  systemClock,
  type LaneTimeline,
  type Mask,
  type Model,
  type RunControl,
} from "../core/index.ts";
import type { RunOptions } from "./run-options.ts";

export interface OpenLanesOptions {
  readonly options: RunOptions;
  readonly control: RunControl;
  readonly model: Model;
  readonly timeline: LaneTimeline;
  readonly mask: Mask;
}

/**
 * Gives out lanes by the names that steps use: `model` is the lane of the run's model. A lane is made when it is first
 * named; steps that name the same one share it.
 */
export function openLanes(world: OpenLanesOptions): (name: string | undefined) => Lane | undefined {
  const open = new Map<string, Lane>();
  return (named) => {
    const name = named === "model" ? world.model.lane : named;
    if (name === undefined) return undefined;
    const lane = open.get(name) ?? makeLane(name, world);
    open.set(name, lane);
    return lane;
  };
}

function makeLane(name: string, { options, control, model, timeline, mask }: OpenLanesOptions): Lane {
  const isModels = name === model.lane;
  const limits = resolveLaneLimits({ ...(isModels && options.lanes?.["model"]), ...options.lanes?.[name] });
  return new Lane(name, limits, {
    clock: systemClock,
    random: Math.random,
    drain: control.drain,
    onDown: (message) => control.stop({ kind: "unusable", failure: "outage", message }),
    onEvent: (told) => {
      // An API may put into its answer what it was sent.
      const event = { ...told, message: mask(told.message) };
      timeline.add(event);
      options.listen?.({ kind: "lane", event });
    },
    ...(isModels && { checkHealth: (signal: AbortSignal) => model.check(signal) }),
  });
}
