import type { RetryConfig } from "../retry/index.ts";
import type { ContentOf } from "./outcome.ts";
import type { StandardSchema } from "./standard-schema.ts";
import type { StepContext } from "./step-context.ts";

/** How a step of a pipeline is described. */
export interface StepOptions<In, R> {
  /** Unique within its phase; checkpoints are kept under it. */
  readonly name: string;
  /** Raise it when the same input should give another output: cached answers of older versions are then left alone. @default 1 */
  readonly version?: number;
  /** The API this step calls, by name: its limits hold for all steps of that lane together. */
  readonly lane?: string;
  /**
   * Without `retryExceptions`, the failure table says what is tried again: network and server faults, and bad answers.
   * With it, exactly the errors it lists. @default DEFAULT_RETRY_CONFIG
   */
  readonly retry?: Partial<RetryConfig>;
  /** Keeps answers between sessions, by step, version, input and model. @default false */
  readonly cache?: boolean;
  /** Checks what the step puts out; an output that does not fit is an `answer` failure, and is asked for again. */
  readonly validate?: StandardSchema<unknown, ContentOf<Awaited<R>>>;
  /** The last word before the item fails: content to go on with, or `undefined` to let it fail. */
  readonly onError?: (
    error: unknown,
    content: In,
    ctx: StepContext,
  ) => NoInfer<ContentOf<Awaited<R>>> | undefined | Promise<NoInfer<ContentOf<Awaited<R>>> | undefined>;
  readonly process: (content: In, ctx: StepContext) => R;
}

/** One named piece of work on one item. In a test, call its `process` with a content and a context: no runner is needed. */
export interface Step<In, Out> {
  readonly name: string;
  readonly version: number;
  readonly lane: string | undefined;
  readonly retry: Partial<RetryConfig>;
  readonly cache: boolean;
  readonly validate: StandardSchema<unknown, Out> | undefined;
  readonly onError: ((error: unknown, content: In, ctx: StepContext) => unknown) | undefined;
  readonly process: (content: In, ctx: StepContext) => unknown;
  /** Only for the types: what the next step gets. */
  readonly puts?: () => Out;
}

/** Defines a step from an object or an instance of a class. What `process` takes and returns decides where in a pipeline the step fits. */
export function defineStep<In, R>(options: StepOptions<In, R>): Step<In, ContentOf<Awaited<R>>> {
  const { name, version = 1, lane, retry = {}, cache = false, validate } = options;
  return Object.freeze({
    name,
    version,
    lane,
    retry,
    cache,
    validate,
    // Called through `options`, so that an instance of a class keeps its `this`.
    onError:
      options.onError && ((error: unknown, content: In, ctx: StepContext) => options.onError?.(error, content, ctx)),
    process: (content: In, ctx: StepContext) => options.process(content, ctx),
  });
}
