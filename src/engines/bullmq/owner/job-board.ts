import { messageOf, StepError } from "../../../core/failure/index.ts";
import type { Backend, JobEvents, JobQueue } from "../queue/backend.ts";
import { type ContentBox, contentBox, keysOf } from "../queue/content-box.ts";
import { inBatches } from "../queue/in-batches.ts";
import type { JobData, JobResult } from "../queue/job.ts";
import { refusalOf } from "../queue/refusal.ts";
import type { SharedState } from "../queue/shared-state.ts";
import { sealedContents, type WireAnswer } from "../queue/wire.ts";
import { lostJob, type LostJob } from "./lost-job.ts";
import { AbandonedJobs } from "./abandoned-jobs.ts";
import { readInlineResult, readJobResult, writeJobData } from "../worker/read-job.ts";

/**
 * How a job ended. `lost`: BullMQ gave it up, since its workers died too often. `refused`: it cannot be put into the
 * queue. `unreadable`: its result is not one. `absent`: it is gone without a result.
 */
export type JobEnd =
  | { readonly kind: "result"; readonly result: JobResult }
  | LostJob
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "unreadable"; readonly reason: string }
  | { readonly kind: "absent" };

/** Where an owner's jobs are posted. */
export interface Jobs {
  /** Resolves when the job has ended, whichever worker did it. */
  post(id: string, data: JobData): Promise<JobEnd>;
  /**
   * Withdraws a job that no worker is at; one with a checkpoint stays in the queue. Returns whether it did; then no event
   * follows.
   */
  takeBack(id: string): Promise<boolean>;
  /** The same for a job of which nothing is wanted any more: one with a checkpoint goes too. */
  discard(id: string): Promise<boolean>;
  /** Stops waiting for such a job; it is removed as soon as no worker is at it. */
  abandon(id: string): void;
  /** Stops waiting for the job; it stays in the queue. */
  forget(id: string): void;
  /** Removes a finished job. Never rejects. */
  remove(id: string): Promise<void>;
}

export interface JobBoardOptions {
  /** Whether jobs of these ids may be there already, from an earlier run. */
  readonly mayBeThere: boolean;
  readonly onError: (error: unknown) => void;
}

/**
 * A job without an event is checked after a second, then after two more, and so on, up to every ten: a missed event
 * costs a second or two, and a slow step costs next to nothing.
 */
const LOOK_EVERY_MS = 250;
const FIRST_LOOK_MS = 1_000;
const LAST_LOOK_MS = 10_000;

/**
 * Ends are reported in batches: their results are then committed together, and new jobs are added together. Each commit
 * waits for the disk, and with one for each result an owner does little else.
 */
const GATHER_MS = 5;

/** Ended jobs that are removed with one call. */
const REMOVED_TOGETHER = 256;

interface BoardParts {
  readonly state: SharedState;
  readonly queue: JobQueue;
  readonly events: JobEvents;
  readonly takeBack: (id: string) => Promise<boolean>;
  readonly discard: (id: string) => Promise<boolean>;
  readonly removeTogether: (id: string) => Promise<boolean>;
}

interface Posted {
  readonly data: JobData;
  /** When it is checked next, and the interval after that. */
  nextLookMs: number;
  lookAfterMs: number;
  readonly settle: (end: JobEnd) => void;
}

/**
 * The jobs that an owner waits for. Results come as events. Since an event can be missed, and a restarted database may
 * have lost a job, silent jobs are checked repeatedly, and posted again when they are gone.
 */
export class JobBoard implements Jobs, AsyncDisposable {
  readonly #state: SharedState;
  readonly #queue: JobQueue;
  readonly #events: JobEvents;
  readonly #takeBack: (id: string) => Promise<boolean>;
  readonly #discard: (id: string) => Promise<boolean>;
  readonly #removeTogether: (id: string) => Promise<boolean>;
  readonly #abandoned: AbandonedJobs;
  readonly #options: JobBoardOptions;
  readonly #posted = new Map<string, Posted>();
  /** Jobs that may be gone because they were asked back. */
  readonly #withdrawing = new Set<string>();
  /** What is kept beside jobs, by their ids. */
  readonly #beside = new Map<string, readonly string[]>();
  #toAdd: Job[] = [];
  #toTell: (() => void)[] = [];
  #looking: Promise<void> = Promise.resolve();
  readonly #timer: NodeJS.Timeout;
  readonly #underWay = new Set<Promise<unknown>>();

  private constructor(
    { state, queue, events, takeBack, discard, removeTogether }: BoardParts,
    options: JobBoardOptions,
  ) {
    this.#state = state;
    this.#queue = queue;
    this.#events = events;
    this.#takeBack = takeBack;
    this.#discard = discard;
    this.#removeTogether = removeTogether;
    this.#abandoned = new AbandonedJobs((id) => this.#removeUnlessHeld(id));
    this.#options = options;
    events.on("completed", ({ jobId, returnvalue }) => {
      try {
        this.#completed(jobId, returnvalue);
      } catch (error) {
        options.onError(error);
      }
    });
    events.on("failed", ({ jobId, failedReason }) => void this.#keep(this.#lost(jobId, failedReason)));
    this.#timer = setInterval(() => this.#checkOverdue(), LOOK_EVERY_MS);
  }

  static async open(backend: Backend, queueName: string, options: JobBoardOptions): Promise<JobBoard> {
    const queue = backend.openQueue(queueName);
    const events = backend.openEvents(queueName);
    // Listening before the first job is posted, so that no event of a new one is missed.
    try {
      await Promise.all([queue.waitUntilReady(), events.waitUntilReady()]);
    } catch (error) {
      await Promise.allSettled([events.close(), queue.close()]);
      throw error;
    }
    const takeBack = (id: string): Promise<boolean> => backend.takeBack(queueName, id);
    const discard = (id: string): Promise<boolean> => backend.discard(queueName, id);
    const removeTogether = inBatches({
      ask: (ids: readonly string[]) => backend.removeEnded(queueName, ids),
      most: REMOVED_TOGETHER,
    });
    return new JobBoard({ state: backend.state, queue, events, takeBack, discard, removeTogether }, options);
  }

  get size(): number {
    return this.#posted.size;
  }

  post(id: string, data: JobData): Promise<JobEnd> {
    return new Promise((settle) => {
      this.#posted.set(id, {
        data,
        nextLookMs: performance.now() + FIRST_LOOK_MS,
        lookAfterMs: FIRST_LOOK_MS,
        settle,
      });
      this.#add(id, data);
    });
  }

  takeBack(id: string): Promise<boolean> {
    return this.#withdraw(id, this.#takeBack);
  }

  discard(id: string): Promise<boolean> {
    return this.#withdraw(id, async () => {
      const isGone = await this.#discard(id);
      if (isGone) this.#removeBeside(id);
      return isGone;
    });
  }

  abandon(id: string): void {
    this.#posted.delete(id);
    this.#abandoned.add(id);
  }

  async #withdraw(id: string, withdraw: (id: string) => Promise<boolean>): Promise<boolean> {
    const isUnsent = this.#toAdd.some((job) => job.id === id);
    this.#toAdd = this.#toAdd.filter((job) => job.id !== id);
    // A job whose end is known only waits to be reported.
    if (!this.#posted.has(id)) return false;
    this.#withdrawing.add(id);
    const isRemoved = isUnsent || (await withdraw(id).catch(() => false));
    this.#withdrawing.delete(id);
    return isRemoved && this.#posted.delete(id);
  }

  forget(id: string): void {
    this.#posted.delete(id);
  }

  remove(id: string): Promise<void> {
    this.#removeBeside(id);
    return this.#keep(this.#removeEnded(id));
  }

  /** Checks all jobs, since anything may have happened to them. */
  lookAtAll(): void {
    this.#lookAt([...this.#posted.keys()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#abandoned[Symbol.asyncDispose]();
    await Promise.allSettled(this.#underWay);
    await Promise.allSettled([this.#events.close(), this.#queue.close()]);
  }

  #add(id: string, data: JobData): void {
    this.#toAdd.push({ id, data });
    if (this.#toAdd.length === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    const jobs = this.#toAdd;
    this.#toAdd = [];
    if (jobs.length === 0) return;
    const added = this.#addAll(jobs);
    void this.#keep(added);
    // A job that existed before is left as it is, and may have ended long ago: then no event follows.
    if (this.#options.mayBeThere)
      void added.then(
        () => this.#lookAt(jobs.map(({ id }) => id)),
        () => {},
      );
  }

  async #addAll(jobs: readonly Job[]): Promise<void> {
    const wires = await Promise.all(jobs.map((job) => this.#wireOf(job)));
    await this.#addBulk(wires.filter((wire) => wire !== undefined));
  }

  async #addBulk(jobs: readonly WiredJob[]): Promise<void> {
    try {
      await this.#queue.addBulk(
        jobs.map(({ id, phase, data }) => ({ name: phase, data, opts: { jobId: id, ...OPTIONS } })),
      );
    } catch (error) {
      const reason = refusalOf(error);
      if (reason === undefined) throw error;
      const [job] = jobs;
      if (jobs.length === 1 && job) return this.#settle(job.id, { kind: "refused", reason });
      // One of them is refused, and the others with it.
      for (const one of jobs) await this.#addBulk([one]);
    }
  }

  /** `undefined` for a job that cannot be put into the queue, which has ended so. */
  async #wireOf({ id, data }: Job): Promise<WiredJob | undefined> {
    try {
      const wire = await writeJobData(data, contentBox(id, this.#state));
      this.#noteBeside(id, wire);
      return { id, phase: data.phase, data: wire };
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      this.#settle(id, { kind: "refused", reason: messageOf(error) });
      return undefined;
    }
  }

  async #removeEnded(id: string): Promise<void> {
    // One that cannot go with others, whatever the reason, goes alone.
    if (!(await this.#removeTogether(id).catch(() => false))) await this.#queue.remove(id);
  }

  /** Whether the job is gone. */
  async #removeUnlessHeld(id: string): Promise<boolean> {
    if (!(await this.#discard(id))) {
      const job = await this.#queue.getJob(id);
      if (job && (job.finishedOn === undefined || job.finishedOn === null)) return false;
      if (job) this.#noteBeside(id, job.returnvalue);
      await this.#queue.remove(id);
    }
    this.#removeBeside(id);
    return true;
  }

  #removeBeside(id: string): void {
    const beside = this.#beside.get(id);
    if (!beside) return;
    this.#beside.delete(id);
    void this.#keep(this.#state.remove(beside));
  }

  #noteBeside(id: string, wire: unknown): void {
    const keys = keysOf(sealedContents(wire));
    if (keys.length > 0) this.#beside.set(id, [...(this.#beside.get(id) ?? []), ...keys]);
  }

  #checkOverdue(): void {
    const now = performance.now();
    const overdue = [...this.#posted].filter(([, { nextLookMs }]) => nextLookMs <= now);
    for (const [, posted] of overdue) {
      posted.lookAfterMs = Math.min(posted.lookAfterMs * 2, LAST_LOOK_MS);
      posted.nextLookMs = now + posted.lookAfterMs;
    }
    if (overdue.length > 0) this.#lookAt(overdue.map(([id]) => id));
  }

  #lookAt(ids: readonly string[]): void {
    const look = async (): Promise<void> => {
      for (const id of ids) if (this.#posted.has(id)) await this.#lookAtOne(id);
    };
    this.#looking = this.#looking.then(look).catch((error: unknown) => this.#options.onError(error));
  }

  async #lookAtOne(id: string): Promise<void> {
    const job = await this.#queue.getJob(id);
    const posted = this.#posted.get(id);
    if (!posted) return;
    if (job === undefined) return this.#withdrawing.has(id) ? undefined : this.#add(id, posted.data);
    if (job.finishedOn === undefined || job.finishedOn === null) {
      // A worker has put it down while this owner was gone, or has begun it meanwhile.
      if (job.delay > 0) await job.promote().catch(() => {});
      return;
    }
    if (job.failedReason) return this.#settleLost(id, job.failedReason, job.data);
    const end = await readEnd(job.returnvalue, contentBox(id, this.#state));
    const isOfAnotherRun = readRunId(job.data) !== posted.data.runId;
    if (isOfAnotherRun && end.kind === "result" && end.result.done.at(-1)?.end.kind === "stopped") {
      // What stopped an earlier run must not stop this one: the job is posted again, with its checkpoint.
      await this.#queue.remove(id);
      return this.#add(id, { ...posted.data, done: end.result.done.slice(0, -1) });
    }
    this.#noteBeside(id, job.returnvalue);
    this.#settle(id, end);
  }

  async #lost(id: string, reason: string): Promise<void> {
    if (!this.#posted.has(id)) return;
    const job = await this.#queue.getJob(id);
    await this.#settleLost(id, reason, job?.data);
  }

  async #settleLost(id: string, reason: string, data: unknown): Promise<void> {
    const end = await lostJob(reason, data, contentBox(id, this.#state));
    this.#noteBeside(id, data);
    this.#settle(id, end);
  }

  #completed(id: string, value: unknown): void {
    if (!this.#posted.has(id)) return;
    const read = readInlineResult(value);
    if (read) return this.#settle(id, endOf(read));
    this.#noteBeside(id, value);
    void this.#keep(readEnd(value, contentBox(id, this.#state)).then((end) => this.#settle(id, end)));
  }

  #settle(id: string, end: JobEnd): void {
    const posted = this.#posted.get(id);
    if (!posted) return;
    this.#posted.delete(id);
    this.#toTell.push(() => posted.settle(end));
    if (this.#toTell.length === 1) setTimeout(() => this.#publish(), GATHER_MS);
  }

  #publish(): void {
    const ends = this.#toTell;
    this.#toTell = [];
    for (const publish of ends) publish();
  }

  #keep(work: Promise<unknown>): Promise<void> {
    const kept = this.#reported(work).finally(() => this.#underWay.delete(kept));
    this.#underWay.add(kept);
    return kept;
  }

  async #reported(work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#options.onError(error);
    }
  }
}

/** A worker that cannot reach the database throws: the job is begun again. Failures of steps are results, and never come here. */
const OPTIONS = { attempts: 1_000, backoff: { type: "fixed", delay: 500 } } as const;

interface Job {
  readonly id: string;
  readonly data: JobData;
}

/** A job in the form in which it goes into the queue. */
interface WiredJob {
  readonly id: string;
  readonly phase: string;
  readonly data: unknown;
}

const endOf = ({ value: result, problem }: WireAnswer<JobResult>): JobEnd =>
  result ? { kind: "result", result } : { kind: "unreadable", reason: problem };

/** How a job with that result has ended. */
export async function readEnd(value: unknown, box: ContentBox): Promise<JobEnd> {
  try {
    return endOf(await readJobResult(value, box));
  } catch (error) {
    // A database that does not answer is asked again.
    if (!(error instanceof StepError)) throw error;
    return { kind: "unreadable", reason: messageOf(error) };
  }
}

const readRunId = (data: unknown): unknown =>
  typeof data === "object" && data !== null && "runId" in data ? data.runId : undefined;
