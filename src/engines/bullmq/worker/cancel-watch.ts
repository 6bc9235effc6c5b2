import type { ItemPlace } from "../../../core/storage/index.ts";
import { cancelKeyOf } from "../queue/job.ts";
import type { SharedState } from "../queue/shared-state.ts";

/** How often the shared state is asked about jobs that take long. A job that ends before is never asked about. */
const LOOK_EVERY_MS = 1_000;

interface Watched {
  readonly sinceMs: number;
  readonly cancel: () => void;
  /** Whether the shared state was asked and has not answered. */
  isAsked: boolean;
}

export interface WatchedJob {
  readonly place: ItemPlace;
  readonly cancel: (place: ItemPlace) => void;
  /** Whether a worker has been at the job before. @default false */
  readonly isBegun?: boolean;
}

/** Hears from owners that items were cancelled whose jobs this worker has. */
export class CancelWatch implements Disposable {
  readonly #state: Pick<SharedState, "get">;
  readonly #jobs = new Map<string, Watched>();
  #timer: NodeJS.Timeout | undefined;

  constructor(state: Pick<SharedState, "get">) {
    this.#state = state;
  }

  /**
   * Runs the work on a job; `cancel` is called when its owner says so. A job that was begun before may have been cancelled
   * at the worker that had it: that is asked before its work goes on.
   */
  async during<T>(jobId: string, { place, cancel, isBegun = false }: WatchedJob, work: () => Promise<T>): Promise<T> {
    const watched: Watched = { sinceMs: performance.now(), cancel: () => cancel(place), isAsked: false };
    this.#jobs.set(jobId, watched);
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
    try {
      if (isBegun) await this.#ask(jobId, watched);
      return await work();
    } finally {
      if (this.#jobs.get(jobId) === watched) this.#jobs.delete(jobId);
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const before = performance.now() - LOOK_EVERY_MS;
    for (const [jobId, watched] of this.#jobs) {
      // A database that is away is asked once for each job, however long it is away.
      if (watched.sinceMs > before || watched.isAsked) continue;
      void this.#ask(jobId, watched);
    }
  }

  async #ask(jobId: string, watched: Watched): Promise<void> {
    watched.isAsked = true;
    try {
      const value = await this.#state.get(cancelKeyOf(jobId));
      // A job that has ended meanwhile may have another attempt.
      if (value !== undefined && this.#jobs.get(jobId) === watched) watched.cancel();
    } catch {
      // It is asked again.
    } finally {
      watched.isAsked = false;
    }
  }
}
