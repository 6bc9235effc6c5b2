import { describe, expect, it } from "vitest";
import { openBackend } from "../../src/engines/bullmq/queue/open-backend.ts";
import { serverKinds } from "./servers.ts";
import { until } from "../until.ts";

const QUEUE = "ends";

describe.each(serverKinds)("the end of a job on $name", ({ name, start }) => {
  it("is told with its result or its reason, and jobs that have ended are removed together", async () => {
    await using server = await start();
    await using backend = await openBackend(server.address);
    const queue = backend.openQueue(QUEUE);
    const events = backend.openEvents(QUEUE);
    const told = new Map<string, unknown>();
    events.on("completed", ({ jobId, returnvalue }) => told.set(jobId, returnvalue));
    events.on("failed", ({ jobId, failedReason }) => told.set(jobId, failedReason));
    await Promise.all([queue.waitUntilReady(), events.waitUntilReady()]);
    const add = (...ids: readonly string[]): Promise<unknown> =>
      queue.addBulk(ids.map((jobId) => ({ name: "notes", data: { text: "🪸" }, opts: { jobId } })));
    await add("done", "fails", "empty");
    const worker = backend.openWorker(
      QUEUE,
      async ({ id, data }) => {
        if (id === "fails") throw new Error("not today");
        return id === "empty" ? undefined : data;
      },
      { concurrency: 1, lockDuration: 5_000 },
    );
    await until(async () => {
      // An event of Postgres' may be lost; then the job itself says so.
      for (const id of ["done", "fails", "empty"]) {
        const job = await queue.getJob(id);
        if (name === "Postgres" && !told.has(id) && job?.finishedOn) told.set(id, job.failedReason ?? job.returnvalue);
      }
      return told.size === 3;
    });
    expect(told.get("done")).toEqual({ text: "🪸" });
    expect(told.get("fails")).toBe("not today");
    expect(told.get("empty") ?? null).toBeNull();
    await worker.close();
    await add("waits");
    expect(await backend.removeEnded(QUEUE, ["done", "waits", "gone", "fails"])).toEqual([true, false, false, true]);
    const left = await Promise.all(
      ["done", "fails", "waits"].map(async (id) => (await queue.getJob(id)) !== undefined),
    );
    expect(left).toEqual([false, false, true]);
    await events.close();
    await queue.close();
  });
});
