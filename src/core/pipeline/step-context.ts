import type { Logger } from "../base/index.ts";

/**
 * The services that a run offers to its steps, such as `ctx.model`. Extend it by declaration merging: `declare module
 * "holdfast" { interface StepServices { readonly db: Pool } }`.
 */
// oxlint-disable-next-line typescript/no-empty-interface, typescript/no-empty-object-type -- filled by declaration merging
export interface StepServices {}

/** What a step gets besides its content. */
export interface StepContext extends StepServices {
  /** The session's readable id. Unique in its workspace only: for names outside of it, use `idempotencyKey`. */
  readonly sessionId: string;
  readonly phase: string;
  readonly step: string;
  readonly itemId: string;
  readonly sourcePath: string;
  /** 1 on the first call for this item in this run, 2 on the first retry. */
  readonly attempt: number;
  /** Aborted when the run is stopped. Pass it on to whatever waits. */
  readonly signal: AbortSignal;
  /**
   * A UUID that is the same for each repetition of the same call, so that an API can recognise it: over attempts, resumes,
   * workers, and a retry after no answer came. No other call has it, in whatever session, workspace or copy of one; two
   * calls within one step need something added to it, such as `${idempotencyKey}-refund`.
   */
  readonly idempotencyKey: string;
  /** What was wrong with the previous answer, when this call is a repetition. */
  readonly complaint: string | undefined;
  /** Whether a person asked to redo an item that was done: then being unchanged is no reason to skip it. @default false */
  readonly force?: boolean;
  /** Why an earlier step sent the item to review; `undefined` when none did. */
  readonly reviewReason: string | undefined;
  /** Writes to the session's logs, with the step and the item. */
  readonly log: Logger;
}
