import type { LimitName } from "./run-limits.ts";
import { StepError, type FailureKind, type LimitHint } from "../failure/index.ts";

/** Why a run stopped before its end. */
export type StopCause =
  /** A person stopped it. */
  | { readonly kind: "user"; readonly message: string }
  /** No item can succeed until a person acts: credentials, quota, a missing model, an API that stays unreachable. */
  | {
      readonly kind: "unusable";
      readonly failure: FailureKind | "outage";
      readonly message: string;
      readonly error?: unknown;
    }
  /** A limit that the run was given is reached. */
  | { readonly kind: "limit"; readonly limit: LimitName; readonly message: string; readonly hint: LimitHint }
  /** The source could not be read further. */
  | { readonly kind: "source"; readonly message: string; readonly error?: unknown }
  /** The same code failed on item after item. */
  | { readonly kind: "bug"; readonly message: string; readonly error?: unknown }
  /** An error was caught by nobody, and by no call either: the code that let it escape is not the item's that ran then. */
  | { readonly kind: "uncaught"; readonly message: string; readonly error?: unknown }
  /** Results could not be written. */
  | { readonly kind: "write"; readonly message: string; readonly error?: unknown };

/**
 * Stops a run. `drain`: nothing new starts, waits end at once, calls in flight are finished. `halt`: those calls are
 * aborted too. Either way, items in flight go back to pending.
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

  /** Aborts when nothing new may start. */
  get drain(): AbortSignal {
    return this.#drain.signal;
  }

  /** Aborts when calls in flight must end. */
  get halt(): AbortSignal {
    return this.#halt.signal;
  }

  /** Whether it was told to stop. */
  get stopping(): boolean {
    return this.#drain.signal.aborted;
  }

  /** The first cause; later ones are its consequences. */
  get cause(): StopCause | undefined {
    return this.#cause;
  }

  /** Drains the run. */
  stop(cause: StopCause): void {
    this.#cause ??= cause;
    this.#drain.abort(released());
  }

  /** Drains the run and aborts the calls in flight. */
  haltNow(cause: StopCause): void {
    this.stop(cause);
    this.#halt.abort(released());
  }
}

const released = (): StepError => new StepError("cancelled", "The run was stopped.");
