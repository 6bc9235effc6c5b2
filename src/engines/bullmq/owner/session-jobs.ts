import type { DispatchedRun } from "../../../core/runner/index.ts";
import { messageOf, StepError } from "../../../core/failure/index.ts";
import { sleep } from "../../../retry/index.ts";
import type { AnyJob, Backend, JobQueue } from "../queue/backend.ts";
import { contentBox, type ContentBox, keysOf } from "../queue/content-box.ts";
import { refusalOf } from "../queue/refusal.ts";
import { LOCK_MS } from "../queue/lease.ts";
import { sealedContents } from "../queue/wire.ts";
import { readJobData, writeJobResult } from "../worker/read-job.ts";
import { type JobEnd, readEnd } from "./job-board.ts";
import { hasCheckpoint, lostJob, usableOf } from "./lost-job.ts";

const LOOK_EVERY_MS = 500;
const PAGE = 200;

/** So often a job that no worker is at may be another than it was a moment ago. */
const MOST_TRIES = 3;

export const UNFINISHED = ["waiting", "delayed", "prioritized", "active"] as const;
export const FINISHED = ["completed", "failed"] as const;

/** Where a job may be in a queue. */
type JobState = (typeof UNFINISHED | typeof FINISHED)[number];

/** The session whose jobs are looked for. */
type JobOwner = Pick<DispatchedRun, "control" | "identity" | "say" | "sessionId">;

/** The jobs of a session in a queue, from whichever run. */
export interface SessionJobs extends AsyncDisposable {
  /**
   * Withdraws jobs that no worker is at, waits for the others, and returns the results by job id. What workers did of a
   * withdrawn job is its result, and stays in the queue until it is removed. `undefined` when the run is told to stop
   * before that.
   */
  collect(): Promise<Map<string, JobEnd> | undefined>;
  /** Removes jobs that no worker is at. Active jobs are left to their workers. */
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
  const withdraw = withdrawing(backend, queueName, run.say);
  /** Those that are active may be without a lock: their worker died, and without another one nobody would notice. */
  const withdrawAll = async (): Promise<void> => {
    for (const { id, data } of await jobsOf(queue, run, UNFINISHED)) {
      // A database that does not answer is asked again.
      if (id !== undefined) await withdraw(id, data).catch(() => {});
    }
  };
  return {
    remove,
    withdraw: withdrawAll,
    list: (states) => jobsOf(queue, run, states),
    async collect() {
      await withdrawAll();
      if (!(await waitForWorkers(queue, run, withdrawAll))) return undefined;
      const ends = new Map<string, JobEnd>();
      for (const job of await jobsOf(queue, run, FINISHED)) {
        if (job.id === undefined) continue;
        beside.set(job.id, keysOf(sealedContents(job.returnvalue)));
        const end = await endOf(job, contentBox(job.id, backend.state));
        if (end.kind === "lost" && end.problem !== undefined) run.say(unusable(job.id, job.data, end.problem));
        const done = end.kind === "result" ? usableOf(end.result.done) : end.kind === "lost" ? end.done : [];
        if (end.kind === "unreadable") ends.set(job.id, end);
        else if (done.length > 0) ends.set(job.id, { kind: "result", result: { version: 1, done } });
        else await remove(job.id);
      }
      return ends;
    },
    async clear() {
      for (const { id, data } of await jobsOf(queue, run, UNFINISHED)) {
        if (id === undefined || !(await backend.discard(queueName, id))) continue;
        await backend.state.remove(keysOf(sealedContents(data)));
      }
      for (const { id, returnvalue } of await jobsOf(queue, run, FINISHED)) {
        if (id === undefined) continue;
        beside.set(id, keysOf(sealedContents(returnvalue)));
        await remove(id);
      }
    },
    [Symbol.asyncDispose]: () => queue.close(),
  };
}

/**
 * Withdraws a job when no worker is at it: only then is it read. One with a checkpoint ends with that as its result; where
 * that cannot be, today or ever, the job is removed, since a wait for it would have no end.
 */
function withdrawing(
  backend: Backend,
  queueName: string,
  say: (message: string) => void,
): (id: string, data: unknown) => Promise<void> {
  const tries = new Map<string, number>();
  /** Returns why it never can. */
  async function finish(id: string, data: unknown): Promise<string | undefined> {
    const box = contentBox(id, backend.state);
    try {
      const { value, problem } = await readJobData(data, box);
      if (!value) return problem;
      const result = await writeJobResult({ version: 1, done: usableOf(value.done) }, box);
      if (await backend.finish(queueName, { id, data }, result)) return undefined;
      // A worker may have begun it again meanwhile.
      tries.set(id, (tries.get(id) ?? 0) + 1);
      return (tries.get(id) ?? 0) < MOST_TRIES ? undefined : "it is not in the form in which it was written";
    } catch (error) {
      const reason = error instanceof StepError ? messageOf(error) : refusalOf(error);
      if (reason === undefined) throw error;
      return reason;
    }
  }
  return async (id, data) => {
    const isFree = await backend.takeBack(queueName, id);
    if (!isFree) tries.delete(id);
    if (!isFree || !hasCheckpoint(data)) return;
    const reason = await finish(id, data);
    if (reason === undefined || !(await backend.discard(queueName, id))) return;
    say(unusable(id, data, reason));
  };
}

const unusable = (id: string, data: unknown, reason: string): string =>
  `What workers did of ${nameOf(id, data)} cannot be used: ${reason.replace(/\.$/, "")}. It is done again.`;

/** Of a large job only its id is known. */
const nameOf = (id: string, data: unknown): string =>
  typeof data === "object" && data !== null && "itemId" in data && typeof data.itemId === "string"
    ? `item ${JSON.stringify(data.itemId)}`
    : `the item of job ${id}`;

/** Whether there is nothing left to wait for; not so when the run is told to stop before that. */
async function waitForWorkers(queue: JobQueue, run: JobOwner, withdraw: () => Promise<void>): Promise<boolean> {
  const { drain } = run.control;
  for (let reported = 0; ;) {
    const { length } = await jobsOf(queue, run, UNFINISHED);
    if (length === 0) return true;
    if (reported !== length) run.say(waitingFor(length));
    reported = length;
    await sleep(LOOK_EVERY_MS, drain).catch(() => {});
    if (drain.aborted) return false;
    await withdraw();
  }
}

function waitingFor(jobs: number): string {
  const seconds = Math.ceil((LOCK_MS + LOOK_EVERY_MS) / 1000);
  return `Waiting for ${jobs === 1 ? "1 item" : `${jobs} items`} that workers are processing: until their steps end, or for at most ${seconds} seconds where the worker is gone`;
}

/**
 * All ids are read at once: in pages, a job that a worker ends between two of them moves another one across their edge, where
 * nobody sees it.
 */
async function jobsOf(queue: JobQueue, run: JobOwner, states: readonly JobState[]): Promise<readonly AnyJob[]> {
  const ids = await queue.getRanges([...states], 0, -1, true);
  const found: AnyJob[] = [];
  for (let from = 0; from < ids.length; from += PAGE) {
    const page = await Promise.all(ids.slice(from, from + PAGE).map((id) => queue.getJob(id)));
    for (const job of page) if (job && belongsTo(run, job.data)) found.push(job);
  }
  return found;
}

/** A job that BullMQ gave up has no result, and perhaps a checkpoint. */
const endOf = async ({ failedReason, returnvalue, data }: AnyJob, box: ContentBox): Promise<JobEnd> =>
  failedReason ? lostJob(failedReason, data, box) : readEnd(returnvalue, box);

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
