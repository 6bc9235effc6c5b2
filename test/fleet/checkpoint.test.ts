import { describe, expect, it } from "vitest";
import { openBackend } from "../../src/engines/bullmq/queue/open-backend.ts";
import { serverKinds } from "./servers.ts";
import { until } from "../until.ts";

describe.each(serverKinds)("a checkpoint on $name", ({ start }) => {
  it("is written by whoever holds the job's lock, and by nobody else", async () => {
    await using server = await start();
    await using backend = await openBackend(server.address);
    const queue = backend.openQueue("checkpoints");
    await queue.waitUntilReady();
    await queue.addBulk([{ name: "notes", data: { done: 0 }, opts: { jobId: "one" } }]);
    const written: boolean[] = [];
    const worker = backend.openWorker(
      "checkpoints",
      async (job, token = "") => {
        const id = job.id ?? "";
        written.push(await backend.checkpoint("checkpoints", { id, token }, { done: 1 }));
        written.push(await backend.checkpoint("checkpoints", { id, token: "of an earlier holder" }, { done: 0 }));
        return {};
      },
      { concurrency: 1, lockDuration: 5_000 },
    );
    await until(async () => (await queue.getJob("one"))?.finishedOn !== undefined);
    expect(written).toEqual([true, false]);
    expect((await queue.getJob("one"))?.data).toEqual({ done: 1 });
    await worker.close();
    await queue.close();
  });
});
