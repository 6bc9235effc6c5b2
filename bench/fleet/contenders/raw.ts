import { createPostgresBackend, Queue, QueueEvents, Worker, type Processor } from "bullmq";
import { Redis } from "ioredis";
import type { Work } from "../../sessions/contender.ts";
import { docAt, visit, type Doc } from "../../sessions/workload.ts";
import { AT_EACH_WORKER, IN_FLIGHT, type Contender, type Place } from "../contender.ts";

interface JobData {
  readonly doc: Doc;
  readonly steps: number;
  /** Steps done so far. */
  readonly done: number;
}

const QUEUE = "trivial";

/** BullMQ with hand-written code: an item is a job, a step is checkpointed by `updateData`, the last one by its completion. */
export const raw: Contender = { own, help };

/**
 * On Postgres a wake-up may be lost, and an event too. So jobs and events are asked for again that often, as in
 * Holdfast; and jobs without an event are polled: without that a run would stall before its end.
 */
const ASK_AGAIN_MS = 100;
const LOOK_EVERY_MS = 1_000;

/** Keeps the queue filled to the bound, adds what there is room for in bulk, takes the results and removes the jobs. */
async function own(place: Place, { items, steps }: Work): Promise<void> {
  const { queue, events } = open(place);
  await Promise.all([queue.waitUntilReady(), events.waitUntilReady()]);
  const waiting = new Set<string>();
  const removals = new Set<Promise<unknown>>();
  let [added, done] = [0, 0];
  let isFilling = false;
  const { promise: allDone, resolve, reject } = Promise.withResolvers<void>();
  const fill = (): void => {
    isFilling = false;
    const room = Math.min(IN_FLIGHT - waiting.size, items - added);
    if (room === 0) return;
    const jobs = Array.from({ length: room }, (_, index) => ({
      name: "item",
      data: { doc: docAt(added + index), steps, done: 0 },
      opts: { jobId: `item-${added + index}` },
    }));
    added += room;
    for (const { opts } of jobs) waiting.add(opts.jobId);
    queue.addBulk(jobs).catch(reject);
  };
  const ended = (jobId: string, doc: unknown): void => {
    if (!waiting.delete(jobId)) return;
    if (!isDoc(doc) || doc.visits !== steps) return reject(new Error(`Not done: ${JSON.stringify(doc)}`));
    const removal = queue
      .remove(jobId)
      .catch(reject)
      .finally(() => removals.delete(removal));
    removals.add(removal);
    done += 1;
    if (done === items) return resolve();
    if (!isFilling) setImmediate(fill);
    isFilling = true;
  };
  events.on("completed", ({ jobId, returnvalue }) => ended(jobId, returnvalue));
  let seen = new Set<string>();
  const look = async (): Promise<void> => {
    const silent = [...waiting].filter((jobId) => seen.has(jobId));
    seen = new Set(waiting);
    for (const jobId of silent) {
      const job = await queue.getJob(jobId);
      if (job?.finishedOn) ended(jobId, job.returnvalue);
    }
  };
  const looking = setInterval(() => void look().catch(reject), LOOK_EVERY_MS);
  fill();
  await allDone;
  clearInterval(looking);
  await Promise.all(removals);
  await events.close();
  await queue.close();
}

async function help(place: Place): Promise<void> {
  const worker = openWorker(place, async (job) => {
    let { doc, done } = job.data;
    const { steps } = job.data;
    for (; done < steps - 1; done++) {
      doc = visit(doc);
      await job.updateData({ doc, steps, done: done + 1 });
    }
    return visit(doc);
  });
  worker.on("error", () => {});
  await worker.waitUntilReady();
}

type OpenWorker = Pick<Worker, "waitUntilReady"> & { on(event: "error", listener: () => void): unknown };

interface Opened {
  readonly queue: Pick<
    Queue<JobData, Doc, string, JobData, Doc>,
    "addBulk" | "close" | "getJob" | "remove" | "waitUntilReady"
  >;
  readonly events: Pick<QueueEvents, "close" | "waitUntilReady"> & {
    on(
      event: "completed",
      listener: (told: { readonly jobId: string; readonly returnvalue: unknown }) => void,
    ): unknown;
  };
}

function open({ url }: Place): Opened {
  if (isRedis(url)) {
    const connection = new Redis(url, { maxRetriesPerRequest: null });
    return { queue: new Queue(QUEUE, { connection }), events: new QueueEvents(QUEUE, { connection }) };
  }
  const connection = { connectionString: url, migrate: true };
  return {
    queue: new Queue(QUEUE, { connection }, createPostgresBackend),
    events: new QueueEvents(QUEUE, { connection, blockingTimeout: ASK_AGAIN_MS }, createPostgresBackend),
  };
}

function openWorker({ url }: Place, processor: Processor<JobData, Doc>): OpenWorker {
  const concurrency = AT_EACH_WORKER;
  if (isRedis(url)) {
    const connection = new Redis(url, { maxRetriesPerRequest: null });
    return new Worker(QUEUE, processor, { connection, concurrency });
  }
  const connection = { connectionString: url, migrate: true };
  return new Worker(
    QUEUE,
    processor,
    { connection, concurrency, drainDelay: ASK_AGAIN_MS / 1000 },
    createPostgresBackend,
  );
}

const isRedis = (url: string): boolean => url.startsWith("redis:");

const isDoc = (value: unknown): value is Doc => typeof value === "object" && value !== null && "visits" in value;
