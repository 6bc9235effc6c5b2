import type { RunLimits } from "./run-limits.ts";
import { StepError, type FailureKind, type LimitHint } from "../failure/index.ts";

/** Why a run stopped before its end. */
export type StopCause =
  /** A person stopped it. */
  | { readonly kind: "user"; readonly message: string }
  /** No item can succeed until a person acts: credentials, quota, a missing model, an API that stays away. */
  | {
      readonly kind: "unusable";
      readonly failure: FailureKind | "outage";
      readonly message: string;
      readonly error?: unknown;
    }
  /** A limit that the run was given is reached. */
  | { readonly kind: "limit"; readonly limit: keyof RunLimits; readonly message: string; readonly hint: LimitHint }
  /** The source could not be read on. */
  | { readonly kind: "source"; readonly message: string; readonly error?: unknown }
  /** The same code failed on item after item. */
  | { readonly kind: "bug"; readonly message: string; readonly error?: unknown }
  /** Results could not be written. */
  | { readonly kind: "write"; readonly message: string; readonly error?: unknown };

/**
 * How a run is told to stop. `drain`: nothing new begins, waits end at once, calls under way are finished.
 * `halt`: those calls are cut too. Items that were under way go back to pending either way.
 *
 * @example
 * ```ts
 * import { RunControl, runPipeline } from "holdfast";
 * import { importPipeline } from "holdfast/chats";
 *
 * const control = new RunControl();
 * process.once("SIGTERM", () => control.stop({ kind: "user", message: "Stopped by SIGTERM." }));
 * const pipeline = importPipeline({ export: "examples/chatgpt-export", out: "notes" });
 * const { session } = await runPipeline(pipeline, { control });
 * console.log(session.status, control.stopping);
 * // prints: completed false
 * ```
 */
export class RunControl {
  readonly #drain = new AbortController();
  readonly #halt = new AbortController();
  #cause: StopCause | undefined;

  /** Aborted when nothing new may begin. */
  get drain(): AbortSignal {
    return this.#drain.signal;
  }

  /** Aborted when calls under way must end. */
  get halt(): AbortSignal {
    return this.#halt.signal;
  }

  /** Whether it was told to stop. */
  get stopping(): boolean {
    return this.#drain.signal.aborted;
  }

  /** The first cause; later ones follow from it. */
  get cause(): StopCause | undefined {
    return this.#cause;
  }

  /** Drains the run. */
  stop(cause: StopCause): void {
    this.#cause ??= cause;
    this.#drain.abort(released());
  }

  /** Drains the run and cuts the calls under way. */
  haltNow(cause: StopCause): void {
    this.stop(cause);
    this.#halt.abort(released());
  }
}

const released = (): StepError => new StepError("cancelled", "The run was stopped.");
