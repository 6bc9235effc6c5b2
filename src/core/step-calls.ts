import { meterModel } from "./metered-model.ts";
import type { Model } from "./model.ts";
import type { RunWorld } from "./run-world.ts";
import type { RunnableStep } from "./runnable-step.ts";
import { sumUsage, type Usage } from "./usage.ts";

/** How one item's calls in one step go out. */
export interface ItemCalls {
  /** The run's model, with each of its calls in its lane and counted. */
  readonly model: Model;
  /** Does the step's work in the lane that the step names for an API of its own. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** What the calls cost so far; `undefined` when there were none. */
  usage(): Usage | undefined;
}

/**
 * How a step's calls go out. The calls of `ctx.model` wait for the model's lane one by one, whichever step makes them.
 * A step that talks to another API holds a slot of the lane that it names while its `process` runs.
 */
export function stepCalls(step: RunnableStep, world: RunWorld): (itemId: string) => ItemCalls {
  const named = world.laneOf(step.lane);
  const ownLane = named === world.metering.lane ? undefined : named;
  const { priority } = step;

  return (itemId) => {
    const sinceMs = world.clock.now();
    let usage: Usage | undefined;
    const onUsage = (more: Usage): void => {
      usage = sumUsage([usage, more]);
    };
    return {
      model: meterModel(world.services.model, world.metering, { itemId, priority, sinceMs, onUsage }),
      run: (work) => (ownLane ? ownLane.call({ itemId, priority, sinceMs }, work) : work()),
      usage: () => usage,
    };
  };
}
