import type { DispatchedRun } from "../../../core/runner/index.ts";
import { sleep } from "../../../retry/index.ts";
import type { AnyJob, Backend, JobQueue } from "../queue/backend.ts";
import { type ContentBox, contentBox, keysOf } from "../queue/content-box.ts";
import type { JobResult, StepReport } from "../queue/job.ts";
import { LOCK_MS } from "../queue/lease.ts";
import { sealedContents } from "../queue/wire.ts";
import { readJobData, writeJobResult } from "../worker/read-job.ts";
import { type JobEnd, readEnd } from "./job-board.ts";

const LOOK_EVERY_MS = 500;
const PAGE = 200;

/** The session whose jobs are looked for. */
type JobOwner = Pick<DispatchedRun, "control" | "identity" | "say" | "sessionId">;

/** Where a job may be in a queue. */
type JobState = "active" | "completed" | "delayed" | "failed" | "prioritized" | "waiting";

/** The jobs of a session in a queue, from whichever run. */
export interface SessionJobs extends AsyncDisposable {
  /**
   * Withdraws jobs that no worker is at, waits for the others, and returns the results by job id. What workers did of a
   * withdrawn job is its result, and stays in the queue until it is removed.
   */
  collect(): Promise<Map<string, JobEnd>>;
  /** Withdraws jobs that no worker is at, and removes finished ones. Active jobs are left to their workers. */
  clear(): Promise<void>;
  /** Withdraws jobs that no worker is at; what workers did of them stays as their results. */
  withdraw(): Promise<void>;
  list(states: readonly JobState[]): Promise<readonly AnyJob[]>;
  remove(jobId: string): Promise<void>;
}

export async function openSessionJobs(backend: Backend, queueName: string, run: JobOwner): Promise<SessionJobs> {
  const queue = backend.openQueue(queueName);
  await queue.waitUntilReady();
  /** What is kept beside results, by the ids of their jobs. */
  const beside = new Map<string, readonly string[]>();
  const remove = async (jobId: string): Promise<void> => {
    await queue.remove(jobId).catch(() => {});
    await backend.state.remove(beside.get(jobId) ?? []).catch(() => {});
  };
  const finish = async (id: string, data: unknown): Promise<void> => {
    const box = contentBox(id, backend.state);
    const done = usableOf((await readJobData(data, box)).value);
    await backend.finish(queueName, { id, data }, await writeJobResult({ version: 1, done }, box));
  };
  /** Those that are active may be without a lock: their worker died, and without another one nobody would notice. */
  const withdraw = async (): Promise<void> => {
    for (const { id, data } of await jobsOf(queue, run, ["waiting", "delayed", "prioritized", "active"])) {
      if (id === undefined) continue;
      const withdrawn: Promise<unknown> = hasCheckpoint(data) ? finish(id, data) : backend.takeBack(queueName, id);
      await withdrawn.catch(() => {});
    }
  };
  return {
    remove,
    withdraw,
    list: (states) => jobsOf(queue, run, states),
    async collect() {
      await withdraw();
      await waitForWorkers(queue, run, withdraw);
      const ends = new Map<string, JobEnd>();
      for (const job of await jobsOf(queue, run, ["completed", "failed"])) {
        if (job.id === undefined) continue;
        beside.set(job.id, keysOf(sealedContents(job.returnvalue)));
        const end = await endOf(job, contentBox(job.id, backend.state));
        const done = usableOf(end.kind === "result" ? end.result : undefined);
        if (end.kind === "unreadable") ends.set(job.id, end);
        else if (done.length > 0) ends.set(job.id, { kind: "result", result: { version: 1, done } });
        else await remove(job.id);
      }
      return ends;
    },
    async clear() {
      await withdraw();
      for (const { id } of await jobsOf(queue, run, ["completed", "failed"])) if (id !== undefined) await remove(id);
    },
    [Symbol.asyncDispose]: () => queue.close(),
  };
}

/** A run that was stopped for a fault which a person has fixed since is retried. */
const usableOf = (job: Pick<JobResult, "done"> | undefined): readonly StepReport[] =>
  job?.done.filter(({ end }) => end.kind !== "stopped") ?? [];

/** Also of a job whose format we do not know: what it says is done is of no use then. */
const hasCheckpoint = (data: unknown): boolean =>
  typeof data === "object" && data !== null && "done" in data && Array.isArray(data.done) && data.done.length > 0;

async function waitForWorkers(queue: JobQueue, run: JobOwner, withdraw: () => Promise<void>): Promise<void> {
  for (let reported = 0; ;) {
    const { length } = await jobsOf(queue, run, ["waiting", "delayed", "prioritized", "active"]);
    if (length === 0) return;
    if (reported !== length) run.say(waitingFor(length));
    reported = length;
    await sleep(LOOK_EVERY_MS, run.control.drain);
    await withdraw();
  }
}

function waitingFor(jobs: number): string {
  const seconds = Math.ceil((LOCK_MS + LOOK_EVERY_MS) / 1000);
  return `Waiting for ${jobs === 1 ? "1 item" : `${jobs} items`} that workers are processing: until their steps end, or for at most ${seconds} seconds where the worker is gone`;
}

async function jobsOf(queue: JobQueue, run: JobOwner, states: readonly JobState[]): Promise<readonly AnyJob[]> {
  const found: AnyJob[] = [];
  for (let from = 0; ; from += PAGE) {
    const page: readonly (AnyJob | undefined)[] = await queue.getJobs([...states], from, from + PAGE - 1, true);
    for (const job of page) if (job && belongsTo(run, job.data)) found.push(job);
    if (page.length === 0) return found;
  }
}

/** A job that BullMQ gave up has no result. */
const endOf = async ({ failedReason, returnvalue }: AnyJob, box: ContentBox): Promise<JobEnd> =>
  failedReason ? { kind: "lost", reason: failedReason } : readEnd(returnvalue, box);

/**
 * Whether a job is the session's. Older versions named the session by its readable id alone; such jobs are in queues of
 * their own, where nothing but such jobs is.
 */
export function belongsTo(
  { identity, sessionId }: Pick<DispatchedRun, "identity" | "sessionId">,
  data: unknown,
): boolean {
  if (typeof data !== "object" || data === null) return false;
  if ("identity" in data) return data.identity === identity;
  return "sessionId" in data && data.sessionId === sessionId;
}
