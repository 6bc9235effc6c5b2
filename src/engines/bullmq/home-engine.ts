import { HoldfastError, type DispatchedRun, type Dispatcher, type Engine } from "../../core/index.ts";
import { sleep } from "../../retry/index.ts";
import { localEngine } from "../local.ts";
import { showAddress, type QueueAddress } from "./address.ts";
import type { AnyJob, JobQueue } from "./backend.ts";
import { makeDispatcher } from "./dispatcher.ts";
import { moveHome, readEngineRecord } from "./engine-record.ts";
import type { JobEnd, Jobs } from "./job-board.ts";
import { queueNameOf } from "./job.ts";
import { readJobResult } from "./read-job.ts";
import { openBackend } from "./open-backend.ts";

/**
 * Brings a session home whose items were with workers: takes back what none has begun, waits for what they are at, uses
 * the results that are there, and does the rest in this process.
 */
export function createHomeEngine({ address }: { readonly address: () => QueueAddress }): Engine {
  return {
    name: "local",
    run: (feed, work, options) => localEngine.run(feed, work, options),
    dispatch: (run) => bringHome(run, address),
  };
}

const LOOK_EVERY_MS = 500;
const PAGE = 200;

async function bringHome(run: DispatchedRun, addressOf: () => QueueAddress): Promise<Dispatcher | undefined> {
  const record = readEngineRecord(run.store);
  if (record?.name !== "bullmq") return undefined;
  const address = addressOf();
  await using undo = new AsyncDisposableStack();
  // What is in a volatile Redis is there now or not at all.
  const backend = undo.use(await openBackend(address, { allowVolatile: true }));
  if (record.address !== backend.address) throw elsewhere(record.address, address);
  const queueName = queueNameOf(run.pipeline, run.modelId);
  const queue = backend.openQueue(queueName);
  undo.defer(() => queue.close());
  await queue.waitUntilReady();
  const results = await collect(queue, run, (id) => backend.takeBack(queueName, id));
  const taken = new Set<string>();
  const board: Jobs = {
    async post(id): Promise<JobEnd> {
      const end = results.get(id);
      results.delete(id);
      if (end) taken.add(id);
      return end ?? { kind: "absent" };
    },
    takeBack: async () => true,
    forget: () => {},
    remove: (id) => void queue.remove(id).catch(() => {}),
  };
  const open = undo.move();
  return makeDispatcher(run, {
    board,
    state: backend.state,
    epoch: record.epoch,
    close: async () => {
      // Until all that was there is used or known to be of no use, another resume has to look again.
      if (!run.control.stopping) {
        for (const id of results.keys()) await queue.remove(id).catch(() => {});
        await moveHome(run.store);
      }
      await open.disposeAsync();
    },
  });
}

/** Takes the session's waiting jobs back and waits for those that are being done. Returns the ends of what was done. */
async function collect(
  queue: JobQueue,
  run: DispatchedRun,
  takeBack: (jobId: string) => Promise<boolean>,
): Promise<Map<string, JobEnd>> {
  const takeAllBack = async (): Promise<void> => {
    for (const { id } of await jobsOf(queue, run, ["waiting", "delayed", "prioritized"])) {
      if (id !== undefined) await takeBack(id).catch(() => {});
    }
  };
  await takeAllBack();
  for (let told = 0; ;) {
    const active = await jobsOf(queue, run, ["active"]);
    if (active.length === 0) break;
    if (told !== active.length) run.say(`Waiting for ${active.length} items that workers are at`);
    told = active.length;
    await sleep(LOOK_EVERY_MS, run.control.drain);
    // One whose worker died is given to nobody else.
    await takeAllBack();
  }
  const ends = new Map<string, JobEnd>();
  for (const job of await jobsOf(queue, run, ["completed", "failed"])) {
    const result = readJobResult(job.returnvalue);
    // A run that was stopped for a fault that a person has mended since is to be tried again.
    const done = result?.done.filter(({ end }) => end.kind !== "stopped") ?? [];
    if (job.id !== undefined && done.length > 0) ends.set(job.id, { kind: "result", result: { version: 1, done } });
    else await job.remove().catch(() => {});
  }
  return ends;
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

const sessionOf = (data: unknown): unknown =>
  typeof data === "object" && data !== null && "sessionId" in data ? data.sessionId : undefined;

function elsewhere(recorded: string, address: QueueAddress): HoldfastError {
  const given = showAddress("redis" in address ? address.redis : address.postgres);
  return new HoldfastError("queue_unusable", `This session's items are with workers at ${recorded}, not at ${given}.`, {
    hint: "Nothing was changed. Give the address that it was last run with.",
  });
}
