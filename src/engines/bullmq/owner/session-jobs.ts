import type { DispatchedRun } from "../../../core/runner/index.ts";
import { sleep } from "../../../retry/index.ts";
import type { AnyJob, Backend, JobQueue } from "../queue/backend.ts";
import { type ContentBox, contentBox, keysOf } from "../queue/content-box.ts";
import { sealedContents } from "../queue/wire.ts";
import { type JobEnd, readEnd } from "./job-board.ts";

const LOOK_EVERY_MS = 500;
const PAGE = 200;

/** The jobs of a session in a queue, from whichever run. */
export interface SessionJobs extends AsyncDisposable {
  /** Withdraws jobs that no worker has started, waits for active ones, and returns the results by job id. */
  collect(): Promise<Map<string, JobEnd>>;
  /** Withdraws jobs that no worker has started, and removes finished ones. Active jobs are left to their workers. */
  clear(): Promise<void>;
  remove(jobId: string): Promise<void>;
}

export async function openSessionJobs(backend: Backend, queueName: string, run: DispatchedRun): Promise<SessionJobs> {
  const queue = backend.openQueue(queueName);
  await queue.waitUntilReady();
  /** What is kept beside results, by the ids of their jobs. */
  const beside = new Map<string, readonly string[]>();
  const remove = async (jobId: string): Promise<void> => {
    await queue.remove(jobId).catch(() => {});
    await backend.state.remove(beside.get(jobId) ?? []).catch(() => {});
  };
  const takeBack = async (): Promise<void> => {
    for (const { id } of await jobsOf(queue, run, ["waiting", "delayed", "prioritized"])) {
      if (id !== undefined) await backend.takeBack(queueName, id).catch(() => {});
    }
  };
  return {
    remove,
    async collect() {
      await takeBack();
      await waitForWorkers(queue, run, takeBack);
      const ends = new Map<string, JobEnd>();
      for (const job of await jobsOf(queue, run, ["completed", "failed"])) {
        if (job.id === undefined) continue;
        beside.set(job.id, keysOf(sealedContents(job.returnvalue)));
        const end = await endOf(job, contentBox(job.id, backend.state));
        // A run that was stopped for a fault which a person has fixed since is retried.
        const done = end.kind === "result" ? end.result.done.filter((report) => report.end.kind !== "stopped") : [];
        if (end.kind === "unreadable") ends.set(job.id, end);
        else if (done.length > 0) ends.set(job.id, { kind: "result", result: { version: 1, done } });
        else await remove(job.id);
      }
      return ends;
    },
    async clear() {
      await takeBack();
      for (const { id } of await jobsOf(queue, run, ["completed", "failed"])) if (id !== undefined) await remove(id);
    },
    [Symbol.asyncDispose]: () => queue.close(),
  };
}

async function waitForWorkers(queue: JobQueue, run: DispatchedRun, takeBack: () => Promise<void>): Promise<void> {
  for (let reported = 0; ;) {
    const active = await jobsOf(queue, run, ["active"]);
    if (active.length === 0) return;
    if (reported !== active.length) run.say(`Waiting for ${active.length} items that workers are processing`);
    reported = active.length;
    await sleep(LOOK_EVERY_MS, run.control.drain);
    // A job whose worker died is given to no other.
    await takeBack();
  }
}

async function jobsOf(
  queue: JobQueue,
  { sessionId }: DispatchedRun,
  states: Parameters<JobQueue["getJobs"]>[0],
): Promise<readonly AnyJob[]> {
  const found: AnyJob[] = [];
  for (let from = 0; ; from += PAGE) {
    const page: readonly (AnyJob | undefined)[] = await queue.getJobs(states, from, from + PAGE - 1, true);
    for (const job of page) if (job && sessionOf(job.data) === sessionId) found.push(job);
    if (page.length === 0) return found;
  }
}

/** A job that BullMQ gave up has no result. */
const endOf = async ({ failedReason, returnvalue }: AnyJob, box: ContentBox): Promise<JobEnd> =>
  failedReason ? { kind: "lost", reason: failedReason } : readEnd(returnvalue, box);

const sessionOf = (data: unknown): unknown =>
  typeof data === "object" && data !== null && "sessionId" in data ? data.sessionId : undefined;
