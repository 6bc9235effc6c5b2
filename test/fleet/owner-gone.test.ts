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
  if (existsSync(process.env.SLOW)) await new Promise((resolve) => setTimeout(resolve, Number(process.env.MS ?? 1_000)));
};
export default definePipeline(process.env.PIPELINE).phase("work", (phase) =>
  phase
    .extract({ name: "list", version: 1, check: async () => [], async *read() {
      for (let n = 0; n < Number(process.env.ITEMS); n += 1)
        yield { kind: "item", itemId: process.env.NAME + n, sourcePath: "list", content: "x".repeat(process.env.LARGE === undefined && n % 2 === 0 ? 1 : 100_000) };
    } })
    .step("first", async (text, { itemId }) => { await call("first", itemId); return text; })
    .step("second", async (text, { itemId }) => { await call("second", itemId); return text.length; })
    .load({ name: "keep", version: 1, check: async () => {}, load: async () => ({ outputPath: "nowhere" }) }));
`;

/** Each has a queue of its own. */
let projects = 0;

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
  projects += 1;
  return { cwd, calls, env: { ...queue.env, CALLS, SLOW, PIPELINE: `orphans-${projects}` } };
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

    it(
      "waits for it while another session goes on, and goes on when it is back: nothing is paid twice",
      { tags: "soak" },
      async () => {
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
        expect(worker.heard()).toContain(` resume ${id}`);
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
      },
    );

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

    it(
      "is kept by clean while a worker is at its items, and by force it ends and all is removed",
      { tags: "soak" },
      async () => {
        const { cwd, env, calls } = project(queue);
        const args = ["orphans.mjs", ...queue.flags];
        // Its steps take longer than clean waits.
        const slow = { ...env, MS: "60000" };
        await using worker = await startCommandWorker([...args, "--concurrency", "2"], { cwd, env: slow });
        const { child, finished } = start(["run", ...args], {
          cwd,
          env: { ...env, NAME: "held", ITEMS: "6", LARGE: "all" },
        });
        await until(() => calls("held").length >= 2);
        child.kill("SIGKILL");
        await finished;
        const clean = ["clean", "--days", "0", "--include-interrupted"];
        const kept = await holdfast(clean, { cwd, env });
        expect(kept.stdout).toMatch(/^kept .*workers are at 2 of its items at .*\(--force removes it\)$/m);
        // What nobody was at was withdrawn, and a resume would post it again.
        expect(await jobsIn(queueIn(worker.heard()))).toBe(2);
        await using backend = await openBackend(queue.address);
        expect(await backend.state.list("content:")).toHaveLength(2);
        const preview = await holdfast([...clean, "--force", "--dry-run"], { cwd, env });
        expect(preview.stdout).toContain("would cancel 2 jobs that workers are at, and remove what ends in time.");
        expect(await jobsIn(queueIn(worker.heard()))).toBe(2);
        const half = await holdfast(["clean", "--days", "0", "--force"], { cwd, env });
        expect(half.stdout).toMatch(/^kept .*--force alone does not remove it; --include-interrupted removes it/m);
        expect(half.stdout).toContain("holdfast clean --days 0 --include-interrupted --force");
        const removed = await holdfast([...clean, "--force"], { cwd, env });
        expect(removed.stdout).toMatch(/removed 2 jobs, 2 contents, 0 permits\.$/m);
        expect(await jobsIn(queueIn(worker.heard()))).toBe(0);
        expect(await backend.state.list("content:")).toEqual([]);
        expect(await backend.state.list("cancel:")).toEqual([]);
        expect(calls("held")).toHaveLength(2);
        worker.child.kill("SIGKILL");
        await queue.clear();
      },
    );

    it("is waited for by a worker that ends when its queue is empty, which ends", { tags: "soak" }, async () => {
      const { cwd, env, calls } = project(queue);
      const args = ["orphans.mjs", ...queue.flags];
      const { child, finished } = start(["run", ...args], { cwd, env: { ...env, NAME: "once", ITEMS: "6" } });
      await using backend = await openBackend(queue.address);
      await until(async () => (await backend.state.list(`owner:${env["PIPELINE"]}:`)).length > 0);
      const worker = start(["worker", ...args, "--once", "--concurrency", "1", "--owner-timeout", "1s"], {
        cwd,
        env: { ...env, MS: "20000" },
      });
      await until(() => calls("once").length > 0);
      child.kill("SIGKILL");
      const id = sessionIdIn(await finished);
      const ended = await worker.finished;
      expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining(`The owner of session ${id} is gone`) });
      // The step that was under way has ended, and its result was kept.
      rmSync(env["SLOW"] ?? "");
      await using _worker = await startCommandWorker(args, { cwd, env });
      const resumed = await holdfast(["resume", id], { cwd, env: { ...env, NAME: "once", ITEMS: "6" } });
      expect(resumed).toMatchObject({ code: 0, stdout: expect.stringContaining("6 items: 6 completed") });
      expect(new Set(calls("once")).size).toBe(calls("once").length);
    });

    it("is not gone when only its queue was: workers go on as soon as it answers", { tags: "soak" }, async () => {
      const { cwd, env, calls } = project(queue);
      const args = ["orphans.mjs", ...queue.flags];
      await using worker = await startCommandWorker([...args, "--concurrency", "2", "--owner-timeout", "15s"], {
        cwd,
        env,
      });
      const running = start(["run", ...args], { cwd, env: { ...env, NAME: "back", ITEMS: "30" } });
      await until(() => calls("back").length >= 4);
      await queue.kill();
      await new Promise((resolve) => setTimeout(resolve, 20_000));
      await queue.restart();
      expect(await running.finished).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("30 items: 30 completed"),
      });
      expect(worker.heard()).not.toContain("begins nothing more");
    });

    it.each([
      ["", ["SIGINT"]],
      [" that was pressed twice", ["SIGINT", "SIGTERM"]],
    ] as const)(
      "goes on after Ctrl-C%s when it is resumed, and each call is paid once",
      { tags: "soak" },
      async (_, signals) => {
        const { cwd, env, calls } = project(queue);
        const args = ["orphans.mjs", ...queue.flags];
        const first = await startCommandWorker([...args, "--concurrency", "2"], { cwd, env });
        const owner = start(["run", ...args], { cwd, env: { ...env, NAME: "stopped", ITEMS: "30" } });
        await until(() => calls("stopped").length >= 4);
        // The jobs that this worker puts down have checkpoints, and stay in the queue.
        await first[Symbol.asyncDispose]();
        for (const signal of signals) owner.child.kill(signal);
        const id = sessionIdIn(await owner.finished);
        const paid = calls("stopped").length;
        await using worker = await startCommandWorker([...args, "--concurrency", "2"], { cwd, env });
        const other = { cwd, env: { ...env, NAME: "other", ITEMS: "2" } };
        expect(await holdfast(["run", ...args], other)).toMatchObject({ code: 0 });
        // Pressed twice, the process may end before it has told the workers: then they go on until they miss it.
        if (signals.length === 1) expect(calls("stopped")).toHaveLength(paid);
        if (worker.heard().includes("begins nothing more"))
          expect(worker.heard()).toContain(`Session ${id} was stopped`);
        rmSync(env["SLOW"] ?? "");
        const resumed = await holdfast(["resume", id], { cwd, env: { ...env, NAME: "stopped", ITEMS: "30" } });
        expect(resumed).toMatchObject({ code: 0, stdout: expect.stringContaining("30 items: 30 completed") });
        expect(calls("stopped")).toHaveLength(60);
      },
    );
  });

/** The server's password is "holdfast", which is masked in what a worker says. */
const queueIn = (heard: string): string => `holdfast-${/orphans-\d+-[0-9a-f]+/.exec(heard)?.[0]}`;
