import type { Duration, RetryConfig } from "../../retry/index.ts";
import { type JsonValue, StageType, type StandardSchema } from "../base/index.ts";
import type { PhaseDefinition } from "./pipeline.ts";
import type { StepContext } from "./step-context.ts";
import type { Timeouts } from "./timeouts.ts";

/** A step as the runner sees it: transform steps and the sink look the same, and content is whatever JSON holds. */
export interface RunnableStep {
  readonly name: string;
  readonly version: number;
  readonly stage: StageType;
  readonly lane: string | undefined;
  /** The priority of the step's calls when several wait for one lane: the highest goes first. */
  readonly priority: number;
  readonly retry: Partial<RetryConfig>;
  /** Its own limits of time. */
  readonly timeout?: Duration | undefined;
  readonly attemptTimeout?: Duration | undefined;
  /** Those of its pipeline. */
  readonly timeouts?: Timeouts | undefined;
  readonly cache: boolean;
  /** Whether the step always runs in the process that owns the session. */
  readonly ownerOnly: boolean;
  readonly settings: JsonValue | undefined;
  /** Whether the step gets the children of a fan-out together. */
  readonly collects: boolean;
  readonly validate: StandardSchema | undefined;
  readonly onError: ((error: unknown, content: never, ctx: StepContext) => unknown) | undefined;
  readonly process: (content: never, ctx: StepContext) => unknown;
}

/** All steps of a phase in the order in which an item goes through them, the sink last. */
export function runnableSteps({ steps, sink, timeouts }: PhaseDefinition): readonly RunnableStep[] {
  return [
    ...steps.map((step, index): RunnableStep => ({
      ...step,
      timeouts,
      // Later steps first, so that items are finished before new ones are started.
      priority: step.priority ?? index,
      collects: step.collects ?? false,
      // What collects reads the children from the session's store.
      ownerOnly: step.ownerOnly || (step.collects ?? false),
      stage: StageType.transform,
      validate: step.validate,
    })),
    {
      name: sink.name,
      version: sink.version,
      stage: StageType.load,
      lane: undefined,
      priority: steps.length,
      retry: {},
      timeout: sink.timeout,
      attemptTimeout: sink.attemptTimeout,
      timeouts,
      cache: false,
      ownerOnly: true,
      settings: undefined,
      collects: false,
      validate: undefined,
      onError: undefined,
      process: (content, ctx) => sink.load(content, ctx),
    },
  ];
}
