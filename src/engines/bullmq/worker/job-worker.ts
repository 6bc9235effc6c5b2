/// <reference lib="esnext.disposable" preserve="true" />
import { DelayedError, UnrecoverableError, WaitingError } from "bullmq";
import { messageOf, StepError } from "../../../core/failure/index.ts";
import type { ItemPlace } from "../../../core/storage/index.ts";
import { storableText } from "../../../text/index.ts";
import type { AnyJob, Backend, HeldJob } from "../queue/backend.ts";
import { type ContentBox, contentBox } from "../queue/content-box.ts";
import { AloneGate, patienceOf, type JobAtWork } from "./alone-gate.ts";
import { reasonOfLoss } from "./blocked-worker.ts";
import { CancelWatch } from "./cancel-watch.ts";
import { checkpointsIn, EXPIRED } from "./checkpoints.ts";
import type { LeaseKeeper } from "./lease-keeper.ts";
import { doJob, failedReport, type JobDeps } from "./do-job.ts";
import type { JobSession, OwnerWatch } from "./owner-watch.ts";
import type { JobData, JobResult } from "../queue/job.ts";
import { LOCK_MS, LOOK_FOR_STALLED_MS } from "../queue/lease.ts";
import { readJobData, writeJobResult } from "./read-job.ts";
import { unlessUnresponsive } from "../queue/watchdog.ts";

export interface JobWorkerSettings {
  /** Keeps the leases on jobs while a step blocks this process. */
  readonly leases: LeaseKeeper;
  /** Whether the owners of jobs are there. */
  readonly owners: OwnerWatch;
  readonly queueName: string;
  /** Jobs at once. */
  readonly concurrency: number;
  readonly depsOf: (data: JobData) => Promise<JobDeps>;
  readonly onJob?: (event: { readonly kind: "begun" | "done" | "put down"; readonly itemId: string }) => void;
}

/** Ours counts losses by the steps between them, and comes first; BullMQ's own count is only the last net. */
const MOST_STALLED = 50;
const LEAVE_TIMEOUT_MS = 10_000;
/** How long to wait before a result is sent again to a database that did not answer. */
const REPORT_RETRY_MS = 500;

/** Takes jobs from a queue and does them, until it is told to leave. */
export class WorkerLoop implements AsyncDisposable {
  readonly #backend: Backend;
  readonly #settings: JobWorkerSettings;
  readonly #worker: ReturnType<Backend["openWorker"]>;
  readonly #cancels: CancelWatch;
  readonly #checkpointsOf: ReturnType<typeof checkpointsIn>;
  #isLeaving = false;
  #left: Promise<unknown> | undefined;
  readonly #gate = new AloneGate({ take: (isTaking) => this.#take(isTaking) });
  /** Jobs whose ends are on their way to the database. */
  readonly #ending = new Map<string, { readonly atWork: JobAtWork; readonly tooLate: NodeJS.Timeout }>();

  constructor(backend: Backend, settings: JobWorkerSettings) {
    this.#backend = backend;
    this.#settings = settings;
    this.#cancels = new CancelWatch(backend.state);
    this.#checkpointsOf = checkpointsIn(backend, settings.queueName, {
      isLeaving: () => this.#isLeaving,
    });
    this.#worker = backend.openWorker(settings.queueName, (job, token) => this.#do(job, token), {
      concurrency: settings.concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: LOOK_FOR_STALLED_MS,
      maxStalledCount: MOST_STALLED,
      runRetryDelay: REPORT_RETRY_MS,
      autorun: true,
    });
    for (const end of ["completed", "failed"] as const) this.#worker.on(end, (job) => this.#ended(job?.id ?? ""));
  }

  /** Jobs in progress. */
  get active(): number {
    return this.#gate.size;
  }

  ready(): Promise<unknown> {
    return this.#worker.waitUntilReady();
  }

  /**
   * Takes no more jobs, lets the running steps end, and releases their jobs for other workers. It waits for an
   * unresponsive database only as long as a restart takes: others get the jobs anyway.
   */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    this.#left ??= unlessUnresponsive(this.#worker.close(), this.#backend.state, { forMs: LEAVE_TIMEOUT_MS });
    await this.#left;
    this.#cancels[Symbol.dispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave();
  }

  async #do(job: AnyJob, token: string | undefined): Promise<unknown> {
    try {
      return await this.#doJob(job, token);
    } catch (error) {
      throw storableError(error);
    }
  }

  async #doJob(job: AnyJob, token: string | undefined): Promise<unknown> {
    const box = contentBox(job.id ?? "", this.#backend.state);
    const data = await readData(job.data, box);
    const { onJob = () => {} } = this.#settings;
    const { itemId } = data;
    const held = { id: job.id ?? "", token: token ?? "" };
    await this.#assertStillOurs(job, held);
    await this.#putDownOrphan(job, data, token);
    const atWork = this.#gate.enter();
    // It was on its way when another one began to be alone.
    if (!atWork) return await putBack(job, token);
    let isEnding = false;
    onJob({ kind: "begun", itemId });
    this.#settings.leases.hold(held);
    try {
      const deps = await this.#settings.depsOf(data);
      const cancelling = {
        place: data,
        cancel: (place: ItemPlace) => deps.inFlight.cancel(place),
        isBegun: data.done.length > 0 || job.stalledCounter > 0,
      };
      const patienceMs = patienceOf(Date.now() - job.timestamp);
      let isCrowded = false;
      const work = (): ReturnType<typeof doJob> =>
        doJob(data, deps, {
          lost: job.stalledCounter,
          async alone(work) {
            isCrowded = true;
            const whenAlone = (): ReturnType<typeof work> => {
              isCrowded = false;
              return work();
            };
            return await atWork.alone(whenAlone, { patienceMs });
          },
          box,
          reasonOfLoss: (losses) => reasonOfLoss(held.id, losses, this.#backend.state),
          isLeaving: () => this.#isLeaving || this.#settings.owners.isOrphaned(data.identity) || atWork.isUnwanted(),
          checkpoint: this.#checkpointsOf(held, data, box),
        });
      const result = await this.#cancels.during(held.id, cancelling, work);
      if (result) {
        const wire = await writeResult(result, box);
        onJob({ kind: "done", itemId });
        isEnding = true;
        return wire;
      }
      onJob({ kind: "put down", itemId });
      await this.#putDownOrphan(job, data, token);
      return await (isCrowded && !this.#isLeaving ? putOff(job, token, patienceMs) : putBack(job, token));
    } finally {
      this.#settings.leases.drop(held);
      if (isEnding) this.#ends(held.id, atWork);
      else atWork[Symbol.dispose]();
    }
  }

  /**
   * A job that was given to this worker while a step blocked it comes here only now, and its lease may have expired
   * meanwhile. Others are not asked about: that would be one more call to the database for each job.
   */
  async #assertStillOurs({ processedOn }: AnyJob, held: HeldJob): Promise<void> {
    if (processedOn === undefined || Date.now() - processedOn < LOCK_MS / 3) return;
    const [isOurs] = await this.#backend.extendLeases(this.#settings.queueName, [held], LOCK_MS);
    if (!isOurs) throw new Error(EXPIRED);
  }

  /**
   * Puts a job down whose owner is gone: it waits aside, so that those of other sessions go on, and counts neither as lost
   * nor as failed.
   */
  async #putDownOrphan(job: AnyJob, session: JobSession, token: string | undefined): Promise<void> {
    const waitMs = await this.#settings.owners.waitOf(session);
    if (waitMs === 0) return;
    await putOff(job, token, waitMs);
  }

  /** Until its end is written, a job is lost with its worker. */
  #ends(id: string, atWork: JobAtWork): void {
    this.#ended(id);
    // By then its lease is over, and another worker has it.
    const tooLate = setTimeout(() => this.#ended(id), LOCK_MS).unref();
    this.#ending.set(id, { atWork, tooLate });
  }

  #ended(id: string): void {
    const ending = this.#ending.get(id);
    if (!ending) return;
    this.#ending.delete(id);
    clearTimeout(ending.tooLate);
    ending.atWork[Symbol.dispose]();
  }

  #take(isTaking: boolean): void {
    if (this.#isLeaving) return;
    // Neither asks the database for anything that is waited for here.
    void (isTaking ? this.#worker.resume() : this.#worker.pause(true)).catch(() => {});
  }
}

/** Any worker may have it at once. */
async function putBack(job: AnyJob, token: string | undefined): Promise<never> {
  if (token !== undefined) await job.moveToWait(token);
  throw new WaitingError();
}

/** Workers may have it after so long. */
async function putOff(job: AnyJob, token: string | undefined, waitMs: number): Promise<never> {
  await job.moveToDelayed(Date.now() + waitMs, token);
  throw new DelayedError();
}

async function readData(value: unknown, box: ContentBox): Promise<JobData> {
  try {
    const { value: data, problem } = await readJobData(value, box);
    if (data) return data;
    throw new UnrecoverableError(`The job is not in Holdfast's format, or comes from a newer version: ${problem}`);
  } catch (error) {
    if (error instanceof StepError) throw new UnrecoverableError(error.message);
    throw error;
  }
}

/** The result as it goes into the queue; where it is too large for that, its last step has failed for it. */
async function writeResult(result: JobResult, box: ContentBox): Promise<unknown> {
  try {
    return await writeJobResult(result, box);
  } catch (error) {
    const last = result.done.at(-1);
    if (!(error instanceof StepError) || !last) throw error;
    const done = [...result.done.slice(0, -1), failedReport(last.step, error, last)];
    return await writeJobResult({ ...result, done }, box);
  }
}

/** The error in a form that BullMQ can write down, or the job would be begun again and again. */
function storableError(error: unknown): unknown {
  if (!(error instanceof Error)) return new Error(storableText(messageOf(error)));
  const { message, stack } = error;
  if (storableText(message) !== message) error.message = storableText(message);
  if (stack !== undefined && storableText(stack) !== stack) error.stack = storableText(stack);
  return error;
}
