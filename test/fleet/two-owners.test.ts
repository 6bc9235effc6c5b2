import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBackend } from "../../src/engines/bullmq/queue/open-backend.ts";
import { listPresent, presenceKey } from "../../src/engines/bullmq/queue/presence.ts";
import { holdfast, newProject, sessionIdIn, start } from "../cli/holdfast.ts";
import { serverKinds, type QueueServer } from "./servers.ts";
import { until } from "../until.ts";

/** Its calls are written down; under HANG the first one of each item never ends. */
const PIPELINE = `
import { appendFileSync } from "node:fs";
import { definePipeline, defineStep } from "holdfast";
const ask = defineStep({
  name: "ask",
  process: (n: number, { itemId }) => {
    appendFileSync("calls.txt", itemId + "\\n");
    return process.env.HANG === "1" ? new Promise<number>(() => {}) : n;
  },
});
export default definePipeline("owned").phase("work", (phase) =>
  phase
    .extract({
      name: "count", version: 1, check: async () => [],
      async *read() { for (let n = 0; n < 3; n += 1) yield { kind: "item", itemId: "i" + n, sourcePath: "here", content: n }; },
    })
    .transform(ask)
    .load({ name: "keep", version: 1, check: async () => {}, load: async () => ({ outputPath: "nowhere" }) }));
`;

// Each waits until the other owner has shown that it lives.
for (const { name, start: startServer } of serverKinds)
  describe(`a session that an owner on another machine has, at ${name}`, { tags: ["soak"] }, () => {
    let queue: QueueServer;
    beforeAll(async () => {
      queue = await startServer();
    });
    afterAll(() => queue[Symbol.asyncDispose]());

    it("is run by no second one, and not taken back either; when that owner is gone it goes on", async () => {
      const cwd = newProject();
      writeFileSync(join(cwd, "pipeline.ts"), PIPELINE);
      const env = { ...queue.env, HANG: "1" };
      const calls = (): string => readFileSync(join(cwd, "calls.txt"), { encoding: "utf8", flag: "a+" });
      await using backend = await openBackend(queue.address);
      const { state } = backend;
      const owner = start(["run", "pipeline.ts", ...queue.flags], { cwd, env });
      await until(async () => (await listPresent("owner", "owned", state)).length === 1);
      await until(() => owner.said().includes("No worker serves"));
      const [own] = await listPresent("owner", "owned", state);
      if (!own) throw new Error("No owner is present.");
      expect(own.pid).toBe(owner.child.pid);
      owner.child.kill("SIGKILL");
      const id = sessionIdIn(await owner.finished);

      const other = JSON.stringify({ ...own, host: "elsewhere", token: "another" });
      await state.put(presenceKey(own), other);
      for (const engine of [["--engine", "local"], queue.flags]) {
        const refused = await holdfast(["resume", id, ...engine], { cwd, env: queue.env });
        expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("one of the two is a copy") });
        expect(await state.get(presenceKey(own))).toBe(other);
      }
      expect(calls()).toBe("");

      await state.remove([presenceKey(own)]);
      const home = await holdfast(["resume", id, "--engine", "local", "--json"], { cwd, env: queue.env });
      expect(home.code).toBe(0);
      expect(JSON.parse(home.stdout).session.counts).toMatchObject({ completed: 3 });
      expect(calls().trim().split("\n").toSorted()).toEqual(["i0", "i1", "i2"]);
      expect(await listPresent("owner", "owned", state)).toEqual([]);
    });

    it("is left in the queue as it is by an owner that lost it to another one, which ends at once", async () => {
      const cwd = newProject();
      writeFileSync(join(cwd, "pipeline.ts"), PIPELINE.replace('"owned"', '"taken-over"'));
      await using backend = await openBackend(queue.address);
      const { state } = backend;
      const owner = start(["run", "pipeline.ts", ...queue.flags], { cwd, env: { ...queue.env, HANG: "1" } });
      await until(() => owner.said().includes("No worker serves"));
      const [own] = await listPresent("owner", "taken-over", state);
      if (!own) throw new Error("No owner is present.");
      const other = JSON.stringify({ ...own, host: "elsewhere", token: "another" });
      await state.put(presenceKey(own), other);
      const { code, stdout, stderr } = await owner.finished;
      expect(stdout + stderr).toContain("has gone on with session");
      expect(code).not.toBe(0);
      expect(await state.get(presenceKey(own))).toBe(other);
      expect(await state.list("orphaned:")).toEqual([]);
      const jobs = backend.openQueue(queueNameIn(cwd));
      expect(await jobs.getJobCounts("waiting")).toEqual({ waiting: 3 });
      await jobs.close();
    });
  });

/** The queue that a session's owner gave its items to, as its store has recorded it. */
function queueNameIn(cwd: string): string {
  const sessions = join(cwd, ".holdfast/sessions");
  const [id = ""] = readdirSync(sessions);
  using db = new DatabaseSync(join(sessions, id, "state.db"), { readOnly: true });
  const row = db.prepare("SELECT value FROM facts WHERE key = 'engine'").get();
  return String(JSON.parse(String(row?.["value"])).queue);
}
