import { describe, expect, it } from "vitest";
import { openBackend } from "../../src/engines/bullmq/queue/open-backend.ts";
import { serverKinds } from "./servers.ts";
import { until } from "../until.ts";

for (const { name, start } of serverKinds) {
  describe(`taking a job back, on ${name}`, () => {
    it("takes one that nobody has begun, leaves one that is done with its result, and keeps a checkpoint", async () => {
      await using server = await start();
      await using backend = await openBackend(server.address);
      const queue = backend.openQueue("taken");
      await queue.addBulk([{ name: "item", data: {}, opts: { jobId: "waits" } }]);
      expect(await backend.takeBack("taken", "waits")).toBe(true);
      expect(await backend.takeBack("taken", "waits")).toBe(false);

      const worker = backend.openWorker("taken", async () => "its result", { autorun: true });
      await queue.addBulk([{ name: "item", data: {}, opts: { jobId: "done" } }]);
      await until(async () => (await queue.getJob("done"))?.finishedOn !== undefined);
      expect(await backend.takeBack("taken", "done")).toBe(false);
      expect((await queue.getJob("done"))?.returnvalue).toBe("its result");
      await worker.close();

      const begun = { n: 1, done: [{ step: "paid" }] };
      await queue.addBulk([{ name: "item", data: begun, opts: { jobId: "begun" } }]);
      expect(await backend.takeBack("taken", "begun")).toBe(true);
      expect((await queue.getJob("begun"))?.data).toEqual(begun);
      expect(await backend.finish("taken", { id: "begun", data: { ...begun, n: 2 } }, "older")).toBe(false);
      expect(await backend.finish("taken", { id: "begun", data: begun }, { paid: true })).toBe(true);
      expect(await backend.finish("taken", { id: "begun", data: begun }, "again")).toBe(false);
      expect((await queue.getJobs(["completed"])).map(({ id, returnvalue }) => [id, returnvalue])).toContainEqual([
        "begun",
        { paid: true },
      ]);
      expect(await queue.getJobs(["waiting"])).toEqual([]);

      await queue.addBulk([{ name: "item", data: begun, opts: { jobId: "useless" } }]);
      expect(await backend.discard("taken", "done")).toBe(false);
      expect(await backend.discard("taken", "useless")).toBe(true);
      expect(await backend.discard("taken", "useless")).toBe(false);
      expect(await queue.getJob("useless")).toBeUndefined();
      await queue.close();
    });
  });
}
