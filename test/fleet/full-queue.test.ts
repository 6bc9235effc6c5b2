import { Redis } from "ioredis";
import { describe, expect, it } from "vitest";
import { openBackend } from "../../src/engines/bullmq/queue/open-backend.ts";
import { hasRedis, startRedis } from "./servers.ts";
import { until } from "../until.ts";

const QUEUE = "full";
const FIRST = { step: "outline" };

describe.skipIf(!hasRedis)("a Redis whose memory is full", () => {
  it("takes what a worker says of a call that was paid for, and lets it keep its lease", async () => {
    await using server = await startRedis();
    await using backend = await openBackend(server.address);
    using redis = Object.assign(new Redis(server.port, "127.0.0.1"), {
      [Symbol.dispose]: () => redis.disconnect(),
    });
    const queue = backend.openQueue(QUEUE);
    await queue.waitUntilReady();
    const names = ["appended", "whole"];
    await queue.addBulk(names.map((jobId) => ({ name: "notes", data: { done: [] }, opts: { jobId } })));
    const seen = new Map<string, unknown>();
    const worker = backend.openWorker(
      QUEUE,
      async (job, token = "") => {
        const held = { id: job.id ?? "", token };
        await redis.config("SET", "maxmemory", "1");
        // Anything else is refused.
        const refused = await queue
          .addBulk([{ name: "notes", data: {}, opts: { jobId: "more" } }])
          .then(String, String);
        const [extended] = await backend.extendLeases(QUEUE, [held], 60_000);
        const leaseMs = await redis.pttl(`bull:${QUEUE}:${held.id}:lock`);
        const taken =
          held.id === "appended"
            ? await backend.append(QUEUE, [{ ...held, report: JSON.stringify(FIRST) }])
            : await backend.checkpoint(QUEUE, held, { done: [FIRST] });
        await redis.config("SET", "maxmemory", "0");
        seen.set(held.id, [refused.includes("OOM"), extended, leaseMs > 30_000, taken]);
        return {};
      },
      { concurrency: 1, lockDuration: 5_000 },
    );
    // A job that failed has ended too: what was seen says why.
    await until(async () => {
      const { completed = 0, failed = 0 } = await queue.getJobCounts();
      return completed + failed === names.length;
    });
    expect([...seen]).toEqual([
      ["appended", [true, true, true, [true]]],
      ["whole", [true, true, true, true]],
    ]);
    for (const id of names) expect((await queue.getJob(id))?.data).toEqual({ done: [FIRST] });
    await worker.close();
    await queue.close();
  });
});
