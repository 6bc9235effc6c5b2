import type { Duration } from "../../retry/index.ts";
import type { Skip } from "./outcome.ts";
import type { StepContext } from "./step-context.ts";

/**
 * What a load did.
 * - `created`: there was no output before.
 * - `updated`: our earlier output was replaced.
 * - `beside`: a user's edited version stays, and ours is beside it.
 * - `replaced`: a user's edited version was set aside, and ours took its place.
 */
export type LoadChange = (typeof LOAD_CHANGES)[number];

export const LOAD_CHANGES = ["created", "updated", "beside", "replaced"] as const;

/** Where the finished content of an item went. */
export interface Loaded {
  /** Absolute path of the file, or the address of the row. */
  readonly outputPath: string;
  /** Absent when the sink does not report it. */
  readonly change?: LoadChange;
}

/** Where items go. Loading must be idempotent: loading the same content twice is the same as loading it once. */
export interface Sink<C> {
  /** A part of the pipeline's hash, with `version`; in reports the step that loads has this name. */
  readonly name: string;
  /** Raise it when the same content should be written in another way. */
  readonly version: number;
  /** The longest that the load of one item may take, all attempts together. @default as of a step */
  readonly timeout?: Duration | undefined;
  /** The longest that one attempt to load an item may take. @default as of a step */
  readonly attemptTimeout?: Duration | undefined;
  /** Throws a `HoldfastError` (`write_failed`) before the run when nothing could be written. */
  check(): Promise<void>;
  // A property and not a method, so that the compiler refuses a sink for other content.
  /** Writes one item: resolves with where it went, or with why it was skipped. */
  readonly load: (content: C, ctx: StepContext) => Promise<Loaded | Skip>;
}
