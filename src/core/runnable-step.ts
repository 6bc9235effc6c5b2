import type { RetryConfig } from "../retry/index.ts";
import type { PhaseDefinition } from "./pipeline.ts";
import { StageType } from "./status.ts";
import type { StandardSchema } from "./standard-schema.ts";
import type { StepContext } from "./step-context.ts";

/** A step as the runner sees it: transform steps and the sink look the same, and content is whatever JSON holds. */
export interface RunnableStep {
  readonly name: string;
  readonly version: number;
  readonly stage: StageType;
  readonly lane: string | undefined;
  readonly retry: Partial<RetryConfig>;
  readonly cache: boolean;
  readonly validate: StandardSchema | undefined;
  readonly onError: ((error: unknown, content: never, ctx: StepContext) => unknown) | undefined;
  readonly process: (content: never, ctx: StepContext) => unknown;
}

/** All steps of a phase in the order in which an item goes through them, the sink last. */
export function runnableSteps({ steps, sink }: PhaseDefinition): readonly RunnableStep[] {
  return [
    ...steps.map((step): RunnableStep => ({
      ...step,
      stage: StageType.transform,
      validate: step.validate as StandardSchema | undefined,
    })),
    {
      name: sink.name,
      version: sink.version,
      stage: StageType.load,
      lane: undefined,
      retry: {},
      cache: false,
      validate: undefined,
      onError: undefined,
      process: (content, ctx) => sink.load(content, ctx),
    },
  ];
}
