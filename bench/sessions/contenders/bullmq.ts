import { once } from "node:events";
import { spawn } from "node:child_process";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import type { Contender, OpenContender } from "../contender.ts";
import { freePort } from "../free-port.ts";
import { docAt, IN_FLIGHT, visit, type Doc } from "../workload.ts";

interface JobData {
  readonly doc: Doc;
  readonly steps: number;
  /** Steps done so far. */
  readonly done: number;
}

/** BullMQ on Redis: an item is a job, a step is checkpointed by `updateData`, the last one by the job's completion. */
export const bullmq = (appendfsync: "always" | "everysec"): Contender => ({
  async open(folder) {
    const port = await freePort();
    const server = spawn(
      "redis-server",
      ["--port", `${port}`, "--dir", folder, "--save", "", "--appendonly", "yes", "--appendfsync", appendfsync],
      { stdio: "ignore" },
    );
    const connection = { host: "127.0.0.1", port };
    await untilReady(connection);
    const opened = openQueue(connection);
    return {
      run: opened.run,
      async [Symbol.asyncDispose]() {
        await opened[Symbol.asyncDispose]();
        server.kill();
        await once(server, "exit");
      },
    };
  },
});

interface Address {
  readonly host: string;
  readonly port: number;
}

function openQueue(connection: Address): OpenContender {
  const queue = new Queue<JobData>("trivial", { connection });
  let onDone: () => void = () => {};
  const worker = new Worker<JobData, Doc>(
    queue.name,
    async (job) => {
      let { doc, done } = job.data;
      for (; done < job.data.steps - 1; done++) {
        doc = visit(doc);
        await job.updateData({ ...job.data, doc, done: done + 1 });
      }
      return visit(doc);
    },
    { connection, concurrency: IN_FLIGHT, removeOnComplete: { count: 0 } },
  );
  worker.on("completed", () => onDone());
  return {
    async run({ items, steps }) {
      let completed = 0;
      const allDone = new Promise<void>((resolve) => {
        onDone = () => {
          if (++completed === items) resolve();
        };
      });
      for (let from = 0; from < items; from += 1000) {
        const length = Math.min(1000, items - from);
        const jobs = Array.from({ length }, (_, index) => ({
          name: "item",
          data: { doc: docAt(from + index), steps, done: 0 },
        }));
        await queue.addBulk(jobs);
      }
      await allDone;
    },
    async [Symbol.asyncDispose]() {
      await worker.close();
      await queue.close();
    },
  };
}

async function untilReady(address: Address): Promise<void> {
  const client = new Redis({ ...address, retryStrategy: () => 50 });
  client.on("error", () => {});
  await client.ping();
  client.disconnect();
}
