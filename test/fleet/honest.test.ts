import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { holdfast, newProject, sessionIdIn, start } from "../cli/holdfast.ts";
import { startCommandWorker } from "./command-worker.ts";
import { freePort, hasRedis, quickOn, startRedis, type QueueServer } from "./servers.ts";
import { until } from "../until.ts";

const ITEMS = 4;

/** Its calls are written down. Under REFUSE they fail; under STOP the first item that is loaded stops its run. */
const PIPELINE = `
import { appendFileSync } from "node:fs";
import { definePipeline, defineStep, StepError } from "holdfast";
const ask = defineStep({
  name: "ask",
  process: (n: number, { itemId }) => {
    appendFileSync("calls.txt", itemId + "\\n");
    if (process.env.REFUSE === "1") throw new StepError("input", "refused");
    return n;
  },
});
export default definePipeline("honest").phase("work", (phase) =>
  phase
    .extract({
      name: "count", version: 1, check: async () => [],
      async *read() { for (let n = 0; n < ${ITEMS}; n += 1) yield { kind: "item", itemId: "i" + n, sourcePath: "here", content: n }; },
    })
    .transform(ask)
    .load({ name: "keep", version: 1, check: async () => {}, load: async () => {
      if (process.env.STOP === "1") {
        const stopped = new Promise((resolve) => process.once("SIGINT", resolve));
        process.kill(process.pid, "SIGINT");
        await stopped;
      }
      return { outputPath: "nowhere" };
    } }));
`;

function project(): string {
  const cwd = newProject();
  writeFileSync(join(cwd, "pipeline.ts"), PIPELINE);
  return cwd;
}

const callsIn = (cwd: string): readonly string[] =>
  readFileSync(join(cwd, "calls.txt"), { encoding: "utf8", flag: "a+" })
    .split("\n")
    .filter((line) => line !== "");

/** The flags of a queue that cannot be used. */
const nobody = async (kind: string): Promise<readonly string[]> => [
  `--${kind}`,
  `${kind}://127.0.0.1:${await freePort()}/0`,
];

describe("a queue that cannot be used", () => {
  async function expectNoSession(flags: readonly string[]): Promise<void> {
    const cwd = project();
    const ran = await holdfast(["run", "pipeline.ts", ...flags], { cwd });
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain(flags[1]);
    expect(ran.stderr).not.toMatch(/^Session /m);
    expect(await holdfast(["status"], { cwd })).toMatchObject({ stdout: expect.stringContaining("No sessions in") });
  }

  it.each(["redis", "postgres"])(
    "leaves no session behind, since nothing was started: no %s is there",
    async (kind) => {
      await expectNoSession(await nobody(kind));
    },
  );

  it.skipIf(!hasRedis)("leaves no session behind either when it may lose what it is given", async () => {
    await using redis = await startRedis(["--appendonly", "no"]);
    await expectNoSession(redis.flags);
  });

  it("leaves failed items failed when they were to be tried again there, since nothing was changed", async () => {
    const cwd = project();
    const ran = await holdfast(["run", "pipeline.ts"], { cwd, env: { REFUSE: "1" } });
    const id = sessionIdIn(ran);
    const before = await holdfast(["status", id, "--json"], { cwd });
    expect(JSON.parse(before.stdout).session.counts).toMatchObject({ failed: ITEMS, pending: 0 });
    const retried = await holdfast(["retry", id, ...(await nobody("redis"))], { cwd });
    expect(retried).toMatchObject({ code: 3, stderr: expect.stringContaining("Nothing was started or changed") });
    expect((await holdfast(["status", id, "--json"], { cwd })).stdout).toBe(before.stdout);
  });
});

for (const { name, start: startServer, tags } of quickOn("Redis"))
  describe(`a session whose items came back from ${name}`, { tags }, () => {
    let queue: QueueServer;
    beforeAll(async () => {
      queue = await startServer();
    });
    afterAll(() => queue[Symbol.asyncDispose]());

    /** Begins one whose owner is killed when its jobs are in the queue; `isDone`: when workers have done them. */
    async function begin(cwd: string, { isDone }: { readonly isDone: boolean }): Promise<string> {
      const { env } = queue;
      const owner = start(["run", "pipeline.ts", ...queue.flags], { cwd, env });
      await until(() => owner.said().includes("No worker serves"));
      if (isDone) {
        owner.child.kill("SIGSTOP");
        await using worker = await startCommandWorker(["pipeline.ts", ...queue.flags], { cwd, env });
        await until(() => callsIn(cwd).length === ITEMS || worker.child.exitCode !== null);
      }
      owner.child.kill("SIGKILL");
      return sessionIdIn(await owner.finished);
    }

    /** Takes its items back, and is stopped when the first of them is loaded. */
    async function takeBack(cwd: string, id: string): Promise<void> {
      const env = { ...queue.env, STOP: "1" };
      const home = await holdfast(["resume", id, "--engine", "local", "--window", "1"], { cwd, env });
      expect(home).toMatchObject({ code: 130, stdout: expect.stringContaining("1 completed, 3 pending") });
    }

    async function said(cwd: string, id: string): Promise<readonly string[]> {
      const both = await Promise.all(["status", "show"].map((command) => holdfast([command, id], { cwd })));
      return both.map(({ stdout }) => stdout);
    }

    it(
      "does not say that they are with workers when it is stopped again, and needs the queue no more",
      { tags: "soak" },
      async () => {
        const cwd = project();
        const id = await begin(cwd, { isDone: false });
        for (const text of await said(cwd, id)) expect(text).toContain("What workers have of it is at");
        await takeBack(cwd, id);
        for (const text of await said(cwd, id)) expect(text).not.toContain("workers");
        // Nothing of it is in any queue: an address where none is does no harm.
        const away = `127.0.0.1:${await freePort()}/0`;
        const env =
          "redis" in queue.address
            ? { HOLDFAST_REDIS_URL: `redis://${away}` }
            : { HOLDFAST_POSTGRES_URL: `postgres://${away}` };
        const ended = await holdfast(["resume", id, "--engine", "local"], { cwd, env });
        expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining("4 items: 4 completed") });
        expect(callsIn(cwd).toSorted()).toEqual(["i0", "i1", "i2", "i3"]);
      },
    );

    it(
      "says that results of workers are left there when it is stopped again, and a resume pays for none again",
      { tags: "soak" },
      async () => {
        const cwd = project();
        const id = await begin(cwd, { isDone: true });
        await takeBack(cwd, id);
        for (const text of await said(cwd, id)) {
          expect(text).not.toContain("with workers");
          expect(text).toContain("No worker has any of its items. Results of workers are at");
        }
        const ended = await holdfast(["resume", id, "--engine", "local"], { cwd, env: queue.env });
        expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining("4 items: 4 completed") });
        expect(ended.stdout).not.toContain("workers");
        expect(callsIn(cwd).toSorted()).toEqual(["i0", "i1", "i2", "i3"]);
      },
    );
  });
