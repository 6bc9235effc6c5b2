import type { RunnableStep } from "../../pipeline/index.ts";
import type { RunDeps } from "../run-deps.ts";
import type { StepEnd } from "./step-end.ts";
import { readOutput } from "./step-output.ts";
import type { StepSeat } from "./step-seats.ts";
import type { NextContext, StepWork } from "./step-work.ts";

/** What became of a first call that was made at once. */
export type FirstCall =
  | { readonly kind: "ended"; readonly end: StepEnd }
  | { readonly kind: "called"; readonly returned: Promise<unknown> }
  | FailedCall;

export interface FailedCall {
  readonly kind: "failed";
  readonly error: unknown;
}

/**
 * Makes the first call of a step that waits for nothing before it. Most steps succeed at once, and what returns a value
 * and not a promise of one has no need of what retries, ends or waits for calls.
 */
export function firstCalls(step: RunnableStep, deps: RunDeps, nextContext: NextContext): (work: StepWork) => FirstCall {
  return (work) => {
    const { content, seat, place } = work;
    const { signal } = seat;
    seat.attempt = 1;
    try {
      const ctx = nextContext(work, signal, []);
      const returned = deps.running.run(place, () => step.process(content as never, ctx));
      if (returned instanceof Promise) return { kind: "called", returned };
      // What it returned is of no use any more when it stopped the run itself.
      signal.throwIfAborted();
      if (step.validate) return { kind: "called", returned: Promise.resolve(returned) };
      return { kind: "ended", end: readOutput(returned, step) as StepEnd };
    } catch (error) {
      return { kind: "failed", error };
    }
  };
}

/**
 * Settles as the call does, but not past the end of its seat's work: from then on what it returns is ignored. A call that
 * ends with its signal does so within that turn of the event loop.
 */
export const unlessCut = <T>(seat: StepSeat, call: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    seat.cut = (reason) => void setImmediate(() => reject(reason));
    if (seat.signal.aborted) seat.cut(seat.signal.reason);
    call.then(resolve, reject);
  });
