import type { RetryConfig } from "../retry/index.ts";
import type { LaneLimits } from "../core/lane/index.ts";
import type { Model, PriceTable } from "../core/model/index.ts";
import type { Config, StepServices } from "../core/pipeline/index.ts";
import type { Engine, Reclaimer, RunControl, RunLimits, RunListener } from "../core/runner/index.ts";

/** How to run a session. Everything has a default. */
export interface RunOptions extends Partial<Config> {
  /** What `ctx.model` is. @default the extractive engine: no model, no network */
  readonly model?: Model;
  /** What else `ctx` offers to steps; declare it by merging into `StepServices`. */
  readonly services?: Omit<StepServices, "model" | "modelInfo" | "ledger">;
  /** What steps retry with when they say nothing themselves. @default DEFAULT_RETRY_CONFIG */
  readonly retry?: Partial<RetryConfig>;
  /** Limits by lane; steps name their lane, and `model` stands for the lane of the model in use. */
  readonly lanes?: Readonly<Record<string, Partial<LaneLimits>>>;
  /** Prices by model; without one, what a model costs is unknown. */
  readonly prices?: PriceTable;
  /** Where the run stops by itself. @default nowhere */
  readonly limits?: RunLimits;
  /** Whether answers of earlier calls are used; new ones are kept either way. @default true */
  readonly useCache?: boolean;
  /** A folder that only one session of the workspace may work into at a time; a second one is refused. @default none */
  readonly exclusiveFolder?: string;
  /** Moves the items. @default the local engine */
  readonly engine?: Engine;
  /**
   * Takes the session's items back when they are with another engine, so that the local one can go on. @default such a
   * session is refused
   */
  readonly reclaimFrom?: Reclaimer;
  /**
   * Stops the run when it aborts, as the first Ctrl-C does: nothing new begins, calls under way are finished, and the
   * run resolves with an interrupted session that can be resumed.
   */
  readonly signal?: AbortSignal;
  /** Stops the run as `signal` does, and can also cut the calls under way. */
  readonly control?: RunControl;
  /** Called with what happens, for progress. What it throws is ignored. */
  readonly onEvent?: RunListener;
}
