import type { RetryConfig } from "../retry/index.ts";
import type { LaneLimits } from "../core/lane/index.ts";
import type { EmbeddingModel, Model, PriceTable } from "../core/model/index.ts";
import type { Config, StepServices, Timeouts } from "../core/pipeline/index.ts";
import type { Engine, Reclaimer, RunControl, RunLimits, RunListener, UnexpectedExit } from "../core/runner/index.ts";

/** The options of a run. All of them have defaults. */
export interface RunOptions extends Partial<Config>, Timeouts {
  /** The language model, which steps use as `ctx.model`. @default the extractive engine: no model, no network */
  readonly model?: Model;
  /** The embedding model, which steps use as `ctx.embed`. @default none: a step that asks for vectors ends the run */
  readonly embeddingModel?: EmbeddingModel;
  /** More services for steps, which they find in `ctx`; declare them by merging into `StepServices`. */
  readonly services?: Omit<StepServices, "model" | "embed" | "modelInfo" | "ledger">;
  /** The retry config of steps that have none of their own. @default DEFAULT_RETRY_CONFIG */
  readonly retry?: Partial<RetryConfig>;
  /** Limits by lane; steps name their lane, `model` is the lane of the model in use, and `embedding` the embedding model's. */
  readonly lanes?: Readonly<Record<string, Partial<LaneLimits>>>;
  /** Prices by model; without one, the cost of a model is unknown. */
  readonly prices?: PriceTable;
  /**
   * The most tokens of an answer whose request names no limit, thinking included; a longer one is cut off. Never more than
   * the model's context. @default 8192
   */
  readonly maxOutputTokens?: number;
  /** Limits at which the run stops. @default none */
  readonly limits?: RunLimits;
  /** Whether cached answers are used; new ones are cached either way. @default true */
  readonly useCache?: boolean;
  /** A folder that only one session of the workspace may write to at a time; a second one is refused. @default none */
  readonly exclusiveFolder?: string;
  /** What runs the items. @default the local engine */
  readonly engine?: Engine;
  /**
   * Reclaims the session's items when they are with another engine, so that the local one can go on. @default such a
   * session is refused
   */
  readonly reclaimFrom?: Reclaimer;
  /**
   * Stops the run when it aborts, as the first Ctrl-C does: nothing new starts, calls in flight are finished, and the run
   * resolves with an interrupted session that can be resumed. When it aborts before the session began, the run rejects
   * with `signal.reason`.
   */
  readonly signal?: AbortSignal;
  /** Stops the run as `signal` does, and can also abort the calls in flight. */
  readonly control?: RunControl;
  /**
   * Called with each event of the run, for progress. The run goes on whatever it throws or rejects with; the first such
   * error is a warning of the process (`HoldfastWarning`).
   */
  readonly onEvent?: RunListener;
  /**
   * Whether an error that nobody caught (in a timer, in a promise without an `await`) leaves the process alive while the
   * run lasts. It then fails the item whose step it came from; when that step has ended, or it came from elsewhere in the
   * process, it stops the run with the cause `uncaught`. @default false: it ends the process, as in any program
   */
  readonly catchUncaught?: boolean;
  /**
   * Called when the process ends in the middle of the run, such as by a `process.exit` in a step. Nothing asynchronous can
   * follow. @default writes the message and how to go on to stderr
   */
  readonly onUnexpectedExit?: (exit: UnexpectedExit) => void;
}
