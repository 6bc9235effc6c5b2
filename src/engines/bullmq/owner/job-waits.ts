import type { RunControl } from "../../../core/runner/index.ts";
import { cancelKeyOf } from "../queue/job.ts";
import type { SharedState } from "../queue/shared-state.ts";
import { untilUnresponsive } from "../queue/watchdog.ts";
import type { JobEnd, Jobs } from "./job-board.ts";

const TAKE_BACK_MS = 1_000;
/** How long a worker has to end the call of an item that was cancelled, and to report. */
const CANCEL_MS = 3_000;
/** As long as a worker may need to hear of it. */
const CANCEL_TTL_MS = 600_000;
/** How long a stopping run waits for an unresponsive database. */
const UNRESPONSIVE_MS = 3_000;

export interface JobWaitsOptions {
  readonly board: Jobs;
  readonly state: SharedState;
  readonly control: RunControl;
  /** Aborts when another process has the session's jobs: this one touches none of them any more. */
  readonly lost: AbortSignal;
  /** Aborts when the dispatcher is closed. */
  readonly closing: AbortSignal;
}

/** The wait for one job. */
export interface JobWait {
  /** Resolves with the job's end, or as soon as the run stops or the item is cancelled. */
  until(end: Promise<JobEnd>): Promise<JobEnd | "cancelled" | "released">;
  /** The item's user cancels it. */
  cancel(): void;
}

interface Waiting {
  readonly onDrain: () => void;
  readonly onHalt: () => void;
}

/**
 * The waits for jobs of a run. A wait ends when the run stops: at once for a job that no worker has started, and for any
 * other when the run is halted, or the jobs are another owner's. A worker that has an item that was cancelled is told, and has a moment to report.
 */
export function jobWaits({ board, state, control, lost, closing }: JobWaitsOptions): (jobId: string) => JobWait {
  const { drain, halt } = control;
  // One listener for all: each would be searched for in a list of them when its job ends.
  const all = new Set<Waiting>();
  drain.addEventListener("abort", () => [...all].forEach(({ onDrain }) => onDrain()), { once: true });
  for (const end of [halt, lost])
    end.addEventListener("abort", () => [...all].forEach(({ onHalt }) => onHalt()), { once: true });
  let unresponsive: Promise<"unresponsive"> | undefined;

  return (jobId) => {
    let isCancelled = false;
    let onCancel = (): void => void (isCancelled = true);
    return {
      cancel: () => onCancel(),
      until: (end) =>
        new Promise((resolve, reject) => {
          let asking: NodeJS.Timeout | undefined;
          let telling: NodeJS.Timeout | undefined;
          const over = (): void => {
            all.delete(waiting);
            onCancel = () => {};
            clearTimeout(asking);
            clearTimeout(telling);
          };
          const finish = (found: JobEnd | "cancelled" | "released"): void => {
            over();
            resolve(found);
          };
          const onHalt = (): void => {
            board.forget(jobId);
            finish("released");
          };
          const onDrain = (): void => {
            // Jobs in an unresponsive queue stay there: a resume finds them by their ids.
            unresponsive ??= untilUnresponsive(state, { forMs: UNRESPONSIVE_MS, signal: closing });
            void unresponsive.then(() => all.has(waiting) && onHalt());
            void board.takeBack(jobId).then((isBack) => isBack && finish("released"));
            // If the worker dies from here on, its job can be reclaimed then.
            asking = setTimeout(onDrain, TAKE_BACK_MS);
          };
          const waiting: Waiting = { onDrain, onHalt };
          all.add(waiting);
          onCancel = () => {
            // Those end it as released.
            if (halt.aborted || lost.aborted) return;
            onCancel = () => {};
            const letGo = (): void => {
              board.abandon(jobId);
              finish("cancelled");
            };
            telling = setTimeout(letGo, CANCEL_MS);
            void state.put(cancelKeyOf(jobId), "cancelled", { ttlMs: CANCEL_TTL_MS }).catch(() => {});
            void board.discard(jobId).then((isGone) => isGone && finish("cancelled"));
          };
          end.then(finish, (error: unknown) => {
            over();
            reject(error);
          });
          if (halt.aborted || lost.aborted) return onHalt();
          if (isCancelled) onCancel();
          if (drain.aborted) onDrain();
        }),
    };
  };
}
