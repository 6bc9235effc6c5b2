import type { Duration, RetryConfig } from "../../retry/index.ts";
import type { JsonValue, StandardSchema } from "../base/index.ts";
import type { ContentOf } from "./outcome.ts";
import type { StepContext } from "./step-context.ts";
import { assertTimeout } from "./timeouts.ts";

/** The options of a step. */
export interface StepOptions<In, R> {
  /** Unique within its phase; checkpoints are kept under it. */
  readonly name: string;
  /**
   * Raise it when the same input should give another output: cached answers of older versions are then ignored.
   * @default 1
   */
  readonly version?: number;
  /** The API this step calls, by name: its limits hold for all steps of that lane together. */
  readonly lane?: string;
  /**
   * The priority of its calls: among those that wait for one lane, the highest goes first. @default the step's place in
   * its phase: later steps first
   */
  readonly priority?: number;
  /**
   * How the step retries. Without `retryExceptions`, the failure table decides what is retried: network and server
   * faults, and bad answers. With it, exactly the errors it lists. @default DEFAULT_RETRY_CONFIG
   */
  readonly retry?: Partial<RetryConfig>;
  /**
   * The longest that the step may take for one item: all attempts, and the waits between them. Then its signal is
   * aborted, and the item fails with a TimeoutError. The time in which it waits for its turn in a lane does not count.
   * @default the run's `stepTimeout`, then the pipeline's, then no limit
   */
  readonly timeout?: Duration;
  /**
   * The same for one call of `process`, which is then retried like any TimeoutError. @default the run's `attemptTimeout`,
   * then the pipeline's, then no limit
   */
  readonly attemptTimeout?: Duration;
  /**
   * Caches answers between sessions, by pipeline, step, version, settings, input and model. Answers of a step in the
   * lane `model` are not cached when the run's model makes no calls: they cost nothing. @default false
   */
  readonly cache?: boolean;
  /**
   * Always runs the step in the process that owns the session, even with workers on other machines: for steps that need
   * the ledger or local files. @default false
   */
  readonly ownerOnly?: boolean;
  /** What else the output depends on, such as a language: part of a cached answer's key and of the pipeline's hash. */
  readonly settings?: JsonValue;
  /** A schema for the output; an output that does not match it is an `answer` failure, and the step is called again. */
  readonly validate?: StandardSchema<unknown, NoInfer<ContentOf<Awaited<R>>>>;
  /** Called before the item fails: returns content to go on with, or `undefined` to let it fail. */
  readonly onError?: (
    error: unknown,
    content: In,
    ctx: StepContext,
  ) => NoInfer<ContentOf<Awaited<R>>> | undefined | Promise<NoInfer<ContentOf<Awaited<R>>> | undefined>;
  /** Does the work for one item: returns the next content, or an {@link Outcome}. May be async. */
  readonly process: (content: In, ctx: StepContext) => R;
}

/**
 * A defined step: one named piece of work on one item. In a test, call its `process` with a content and a context: no
 * runner is needed.
 */
export interface Step<In, Out> {
  readonly name: string;
  readonly version: number;
  readonly lane: string | undefined;
  readonly priority?: number | undefined;
  readonly retry: Partial<RetryConfig>;
  readonly timeout?: Duration | undefined;
  readonly attemptTimeout?: Duration | undefined;
  readonly cache: boolean;
  readonly ownerOnly: boolean;
  readonly settings: JsonValue | undefined;
  readonly validate: StandardSchema<unknown, Out> | undefined;
  readonly onError: ((error: unknown, content: In, ctx: StepContext) => unknown) | undefined;
  readonly process: (content: In, ctx: StepContext) => unknown;
  /** Only for the types: what the next step gets. */
  readonly puts?: () => Out;
}

/**
 * Defines a step from an object or an instance of a class. The types of `process` decide where in a pipeline the step
 * fits.
 *
 * @example
 * ```ts
 * import { defineStep, StepError } from "holdfast";
 *
 * const fetchPage = defineStep({
 *   name: "fetch_page",
 *   lane: "wiki",
 *   retry: { maxAttempts: 5 },
 *   process: async (url: string, { signal }) => {
 *     const response = await fetch(url, { signal });
 *     if (response.status === 404) throw new StepError("input", `There is no ${url}.`);
 *     return { url, text: await response.text() };
 *   },
 * });
 * console.log(fetchPage.name, fetchPage.version, fetchPage.lane);
 * // prints: fetch_page 1 wiki
 * ```
 */
export function defineStep<In, R>(options: StepOptions<In, R>): Step<In, ContentOf<Awaited<R>>> {
  const {
    name,
    version = 1,
    lane,
    priority,
    retry = {},
    cache = false,
    ownerOnly = false,
    settings,
    validate,
    timeout,
    attemptTimeout,
  } = options;
  const where = `step ${JSON.stringify(name)}`;
  assertTimeout(where, "timeout", timeout);
  assertTimeout(where, "attemptTimeout", attemptTimeout);
  return Object.freeze({
    name,
    version,
    lane,
    priority,
    retry,
    timeout,
    attemptTimeout,
    cache,
    ownerOnly,
    settings,
    validate,
    // Called through `options`, so that an instance of a class keeps its `this`.
    onError:
      options.onError && ((error: unknown, content: In, ctx: StepContext) => options.onError?.(error, content, ctx)),
    process: (content: In, ctx: StepContext) => options.process(content, ctx),
  });
}

/** A step that waits for all children of a fan-out and gets them as one list, in fan-out order. */
export interface Collect<In, Out> extends Step<readonly In[], Out> {
  readonly collects: true;
}

/**
 * Defines a step that collects the children of a fan-out. Its `process` gets the outputs of the children, without those
 * that were filtered or skipped; it is not called while a child has failed.
 *
 * @example
 * ```ts
 * import { defineCollect, defineStep, definePipeline, fanOut, runPipeline } from "holdfast";
 * import { readJsonl } from "holdfast/sources";
 * import { writeMarkdown } from "holdfast/sinks";
 *
 * const split = defineStep({ name: "split", process: (doc: unknown) => fanOut(JSON.stringify(doc).split(". ")) });
 * const measure = defineStep({ name: "measure", process: (sentence: string) => sentence.length });
 * const longest = defineCollect({ name: "longest", process: (lengths: readonly number[]) => Math.max(...lengths) });
 *
 * const pipeline = definePipeline("longest").phase("import", (phase) =>
 *   phase
 *     .extract(readJsonl("examples/summaries/docs.jsonl"))
 *     .transform(split, measure)
 *     .transform(longest)
 *     .load(writeMarkdown("notes", (length) => ({ title: "Longest sentence", body: `${length} characters` }))),
 * );
 * const { session } = await runPipeline(pipeline);
 * console.log(session.status);
 * // prints: completed
 * ```
 */
export function defineCollect<In, R>(options: StepOptions<readonly In[], R>): Collect<In, ContentOf<Awaited<R>>> {
  return Object.freeze({ ...defineStep(options), collects: true });
}
