import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBackend } from "../../src/engines/bullmq/queue/open-backend.ts";
import { holdfast, newProject, sessionIdIn, start } from "../cli/holdfast.ts";
import { until } from "../until.ts";
import { startCommandWorker } from "./command-worker.ts";
import { quickOn, type QueueServer } from "./servers.ts";

/** Two steps for workers, which are slow while there is a file `slow`, and contents that are kept beside their jobs. */
const PIPELINE = `
import { appendFileSync, existsSync } from "node:fs";
import { definePipeline } from "holdfast";
const call = async (step, itemId) => {
  appendFileSync(process.env.CALLS, step + " " + itemId + "\\n");
  if (existsSync(process.env.SLOW)) await new Promise((resolve) => setTimeout(resolve, 1_000));
};
export default definePipeline("orphans").phase("work", (phase) =>
  phase
    .extract({ name: "list", version: 1, check: async () => [], async *read() {
      for (let n = 0; n < Number(process.env.ITEMS); n += 1)
        yield { kind: "item", itemId: process.env.NAME + n, sourcePath: "list", content: "x".repeat(n % 2 === 0 ? 1 : 100_000) };
    } })
    .step("first", async (text, { itemId }) => { await call("first", itemId); return text; })
    .step("second", async (text, { itemId }) => { await call("second", itemId); return text.length; })
    .load({ name: "keep", version: 1, check: async () => {}, load: async () => ({ outputPath: "nowhere" }) }));
`;

interface Project {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The calls for items of that name, of any session. */
  readonly calls: (name: string) => readonly string[];
}

function project(queue: QueueServer): Project {
  const cwd = newProject();
  writeFileSync(join(cwd, "orphans.mjs"), PIPELINE);
  const [CALLS, SLOW] = [join(cwd, "calls.txt"), join(cwd, "slow")];
  writeFileSync(SLOW, "");
  writeFileSync(CALLS, "");
  const calls = (name: string): readonly string[] =>
    readFileSync(CALLS, "utf8")
      .split("\n")
      .filter((line) => line.includes(` ${name}`));
  return { cwd, calls, env: { ...queue.env, CALLS, SLOW } };
}

for (const { name, start: startServer, tags } of quickOn("Redis"))
  describe(`a session whose owner is gone, on ${name}`, { tags }, () => {
    let queue: QueueServer;
    beforeAll(async () => {
      queue = await startServer();
    });
    afterAll(() => queue[Symbol.asyncDispose]());

    /** What is in the queues, in all states. */
    const jobsIn = async (queueName: string): Promise<number> => {
      await using backend = await openBackend(queue.address);
      const found = backend.openQueue(queueName);
      const counts = await found.getJobCounts("waiting", "delayed", "active", "completed", "failed");
      await found.close();
      return Object.values(counts).reduce((sum, count) => sum + count, 0);
    };

    it("waits for it while another session goes on, and goes on when it is back: nothing is paid twice", async () => {
      const { cwd, env, calls } = project(queue);
      const run = ["run", "orphans.mjs", ...queue.flags];
      await using worker = await startCommandWorker(
        ["orphans.mjs", ...queue.flags, "--owner-timeout", "1s", "--concurrency", "2"],
        { cwd, env },
      );
      const dead = start(run, { cwd, env: { ...env, NAME: "dead", ITEMS: "40" } });
      await until(() => calls("dead").length >= 4);
      dead.child.kill("SIGKILL");
      const id = sessionIdIn(await dead.finished);
      await until(() => worker.heard().includes(`The owner of session ${id} is gone`));
      expect(worker.heard()).toContain(`holdfast resume ${id}`);
      // Steps that are under way end, and no other is begun.
      const paid = calls("dead").length;
      expect(paid).toBeLessThan(80);

      const living = await holdfast(run, { cwd, env: { ...env, NAME: "living", ITEMS: "4" } });
      expect(living).toMatchObject({ code: 0, stdout: expect.stringContaining("4 items: 4 completed") });
      expect(calls("living").toSorted()).toEqual([...new Set(calls("living"))].toSorted());
      expect(calls("dead")).toHaveLength(paid);

      rmSync(env["SLOW"] ?? "");
      const resumed = await holdfast(["resume", id], { cwd, env: { ...env, NAME: "dead", ITEMS: "40" } });
      expect(resumed).toMatchObject({ code: 0, stdout: expect.stringContaining("40 items: 40 completed") });
      expect(calls("dead")).toHaveLength(80);
      expect(new Set(calls("dead")).size).toBe(80);
      expect(worker.heard().match(/is gone, so this worker/g)).toHaveLength(1);
      expect(worker.heard()).toContain("is back; its items go on");
      // A session that has ended leaves nothing.
      expect(await jobsIn(queueIn(worker.heard()))).toBe(0);
    });

    it("is removed by clean with its jobs and contents, and kept while its queue does not answer", async () => {
      const { cwd, env } = project(queue);
      const { child, finished, said } = start(["run", "orphans.mjs", ...queue.flags], {
        cwd,
        env: { ...env, NAME: "left", ITEMS: "6" },
      });
      await until(() => said().includes("No worker serves pipeline"));
      child.kill("SIGKILL");
      await finished;
      await queue.kill();
      const clean = ["clean", "--days", "0", "--include-interrupted"];
      const kept = await holdfast(clean, { cwd, env });
      expect(kept.stdout).toMatch(
        /^kept .*its items are with workers at .*Cannot use the queue.*\(--force removes it\)$/m,
      );
      await queue.restart();
      const removed = await holdfast([...clean, "--json"], { cwd, env });
      expect(JSON.parse(removed.stdout)).toMatchObject({
        kept: [],
        removed: [{ status: "interrupted", queue: { jobs: 6, contents: 3, left: 0 } }],
      });
      await using backend = await openBackend(queue.address);
      expect(await backend.state.list("content:")).toEqual([]);
      expect(await backend.state.list("orphaned:")).toEqual([]);
    });
  });

const queueIn = (heard: string): string => /holdfast-orphans-[0-9a-f]+/.exec(heard)?.[0] ?? "";
