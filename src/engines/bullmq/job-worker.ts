/// <reference lib="esnext.disposable" preserve="true" />
import { UnrecoverableError, WaitingError } from "bullmq";
import type { AnyJob, Backend } from "./backend.ts";
import { contentBox } from "./content-box.ts";
import { doJob, type JobWorld } from "./do-job.ts";
import type { JobData } from "./job.ts";
import { readJobData } from "./read-job.ts";

export interface JobWorkerSettings {
  readonly queueName: string;
  /** Jobs at once. */
  readonly concurrency: number;
  readonly worldOf: (data: JobData) => Promise<JobWorld>;
  readonly onJob?: (event: { readonly kind: "begun" | "done" | "put down"; readonly itemId: string }) => void;
}

/** A worker's lease on a job, and how often abandoned ones are looked for: a dead worker's item goes on within five seconds. */
const LOCK_MS = 3_000;
const LOOK_FOR_STALLED_MS = 1_000;
/** Ours counts crashes by the steps between them, and comes first; BullMQ's own count is only the last net. */
const MOST_STALLED = 10;

/** Takes jobs from a queue and does them, until it is told to leave. */
export class WorkerLoop implements AsyncDisposable {
  readonly #backend: Backend;
  readonly #settings: JobWorkerSettings;
  readonly #worker: ReturnType<Backend["openWorker"]>;
  readonly #pulse = new Pulse(LOCK_MS);
  #isLeaving = false;
  #active = 0;

  constructor(backend: Backend, settings: JobWorkerSettings) {
    this.#backend = backend;
    this.#settings = settings;
    this.#worker = backend.openWorker(settings.queueName, (job, token) => this.#do(job, token), {
      concurrency: settings.concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: LOOK_FOR_STALLED_MS,
      maxStalledCount: MOST_STALLED,
      autorun: true,
    });
  }

  /** Jobs under way. */
  get active(): number {
    return this.#active;
  }

  ready(): Promise<unknown> {
    return this.#worker.waitUntilReady();
  }

  /** Takes no more jobs, lets the steps under way end, and puts their jobs down for others to go on with. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    await this.#worker.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave();
    this.#pulse.stop();
  }

  async #do(job: AnyJob, token: string | undefined): Promise<unknown> {
    const data = readJobData(job.data);
    if (!data) throw new UnrecoverableError("What is in the job is none of Holdfast's, or of a newer version");
    const { onJob = () => {} } = this.#settings;
    const { itemId } = data;
    this.#active += 1;
    onJob({ kind: "begun", itemId });
    try {
      const world = await this.#settings.worldOf(data);
      const begun = job.attemptsStarted;
      const result = await doJob(data, world, {
        begun,
        box: contentBox(job.id ?? "", this.#backend.state),
        isLeaving: () => this.#isLeaving,
        checkpoint: async (next) => {
          // Frozen for longer than the lease lasts, somebody else is at it by now: what we know is old.
          if (this.#pulse.missed)
            throw new Error("This process was stopped for longer than its lease on the job lasts.");
          await job.updateData(next);
        },
      });
      if (result) {
        onJob({ kind: "done", itemId });
        return result;
      }
      onJob({ kind: "put down", itemId });
      if (token !== undefined) await job.moveToWait(token);
      throw new WaitingError();
    } finally {
      this.#active -= 1;
    }
  }
}

/** Notices that the process was frozen: its timers did not fire for longer than a lease lasts. */
class Pulse {
  readonly #timer: NodeJS.Timeout;
  readonly #mostMs: number;
  #lastMs = performance.now();
  #missedAtMs: number | undefined;

  constructor(mostMs: number) {
    this.#mostMs = mostMs;
    this.#timer = setInterval(() => this.#beat(), mostMs / 10).unref();
  }

  /** Whether a beat was missed within the last lease: jobs that were under way then may be somebody else's. */
  get missed(): boolean {
    this.#beat();
    return this.#missedAtMs !== undefined && performance.now() - this.#missedAtMs < this.#mostMs;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    const now = performance.now();
    if (now - this.#lastMs > this.#mostMs) this.#missedAtMs = now;
    this.#lastMs = now;
  }
}
