import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { definePipeline, defineStep } from "../../src/core/pipeline/index.ts";
import { createBullmqEngine } from "../../src/engines/bullmq/index.ts";
import { JOB_FORMAT, MOST_CHARACTERS, queueNameOf } from "../../src/engines/bullmq/queue/job.ts";
import { openBackend } from "../../src/engines/bullmq/queue/open-backend.ts";
import { startWorker } from "../../src/fleet/index.ts";
import { runPipeline } from "../../src/run/index.ts";
import { reportSession } from "../../src/run/reports/index.ts";
import { keepIn, numbers } from "../contracts/engine/numbers.ts";
import { holdfast, newProject, sessionIdIn, start } from "../cli/holdfast.ts";
import { hasRedis, quickOn, startRedis, type QueueServer } from "./servers.ts";
import { until } from "../until.ts";
import { variants } from "../variants.ts";

const newWorkspace = (): string => join(mkdtempSync(join(tmpdir(), "holdfast-safety-")), ".holdfast");

describe.skipIf(!hasRedis)("a Redis that may lose what it is given", () => {
  variants([
    ["without append-only file", ["--appendonly", "no"], "no append-only file"],
    ["that drops keys when it is full", ["--maxmemory-policy", "allkeys-lru"], "maxmemory-policy is allkeys-lru"],
  ])("is refused (%s), unless it is wanted", async (_, options, fault) => {
    await using redis = await startRedis(options);
    const cwd = newProject();
    writeFileSync(join(cwd, "pipeline.ts"), PIPELINE);
    const args = ["worker", "pipeline.ts", ...redis.flags, "--once"];
    const refused = await holdfast(args, { cwd });
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining(fault) });
    expect(refused.stderr).toContain("--allow-volatile");
    expect(refused.stderr).not.toContain("Lost the connection");
    expect(await holdfast(["run", "pipeline.ts", ...redis.flags], { cwd })).toMatchObject({ code: 3 });
    expect(await holdfast([...args, "--allow-volatile"], { cwd })).toMatchObject({ code: 0 });
  });
});

for (const { name, start: startServer, tags } of quickOn("Postgres"))
  describe(`what is in the queue on ${name}`, { tags }, () => {
    let server: QueueServer;
    beforeAll(async () => {
      server = await startServer();
    });
    afterAll(() => server[Symbol.asyncDispose]());

    it("holds no secrets, not even those that an API puts into its answers", async () => {
      const cwd = newProject();
      writeFileSync(join(cwd, "pipeline.ts"), PIPELINE);
      const secrets = { OPENAI_API_KEY: "sk-kelp-of-the-owner-1", SHOP_TOKEN: "tok-kelp-of-the-worker-2" };
      const env = { ...server.env, ...secrets };
      const { child, finished } = start(["run", "pipeline.ts", ...server.flags], { cwd, env });
      let heard = "";
      child.stderr?.on("data", (chunk: Buffer) => (heard += chunk.toString()));
      await until(() => heard.includes("No worker serves"));
      child.kill("SIGKILL");
      await finished;
      // Without an owner the results stay where they are.
      const before = await dump(server);
      expect(before).toContain("sessionId");
      const worked = await holdfast(["worker", "pipeline.ts", ...server.flags, "--once"], { cwd, env });
      expect(worked).toMatchObject({ code: 0, stderr: expect.stringContaining("Done: 3 jobs") });
      const after = await dump(server);
      expect(after).toContain("the shop said no to");
      for (const secret of [...Object.values(secrets), "holdfast-password"]) {
        expect(before).not.toContain(secret);
        expect(after).not.toContain(secret);
      }
      // The items failed with that reason, without the secret, where the session is kept.
      const resumed = await holdfast(["resume", sessionIdIn(await finished), "--json"], { cwd, env });
      expect(JSON.parse(resumed.stdout).session.counts).toMatchObject({ failed: 3 });
      expect(resumed.stdout).not.toContain(secrets.SHOP_TOKEN);
    });

    it("names steps of the worker's own pipeline and can bring no others, and harms nobody else", async () => {
      const done: string[] = [];
      const mine = defineStep({
        name: "mine",
        process: (content: { readonly n: number }) => {
          done.push(`mine ${content.n}`);
          return content;
        },
      });
      const owners = defineStep({
        name: "owners",
        ownerOnly: true,
        process: (content: { readonly n: number }) => {
          done.push(`owners ${content.n}`);
          return content;
        },
      });
      const pipeline = definePipeline("strangers").phase("work", (phase) =>
        phase.extract(numbers(3)).transform(mine).transform(owners).load(keepIn(new Map())),
      );
      const good = {
        version: JOB_FORMAT,
        sessionId: "20260101_000000",
        identity: "0123456789abcdef0123456789abcdef",
        runId: "a stranger's",
        phase: "work",
        itemId: "x",
        sourcePath: "nowhere",
        generation: 0,
        steps: ["mine"],
        content: { text: '{"n":100}' },
        done: [],
        lostBefore: 0,
        settings: { retry: {}, lanes: {} },
      };
      const refused = {
        "an unknown step": { ...good, steps: ["rm"] },
        "a name that every object has": { ...good, steps: ["constructor"] },
        "a phase that every object has": { ...good, phase: "__proto__" },
        "a path": { ...good, steps: ["../../evil.ts"] },
        "a step of the owner's": { ...good, steps: ["owners"] },
        "the sink": { ...good, steps: ["keep"] },
        "a path through the phase's name": { ...good, phase: "work/mine", steps: [""] },
      };
      const unread = {
        "another version": { ...good, version: 1 },
        "no identity": { ...good, identity: undefined },
        "no steps": { ...good, steps: [] },
        garbage: { hello: "world" },
        "a text": "garbage",
        nothing: null,
        "a key of somebody else's": { ...good, content: { key: "worker:strangers:1" } },
        "content that is no text": { ...good, content: { text: 5 } },
        "settings of a wrong kind": { ...good, settings: { retry: { maxAttempts: -1 }, lanes: {} } },
        "a lane that never ends": { ...good, settings: { retry: {}, lanes: { model: { concurrency: 0 } } } },
      };
      await using backend = await openBackend(server.address);
      const queue = backend.openQueue(queueNameOf(pipeline, "extractive"));
      await queue.waitUntilReady();
      const add = async (jobs: object): Promise<void> => {
        await queue.addBulk(
          Object.entries(jobs).map(([name, data]) => ({ name, data, opts: { jobId: `stranger-${name}` } })),
        );
      };
      await add(refused);
      await add(unread);
      await add({ json: { ...good, content: { text: "{ no JSON" } } });

      await using worker = await startWorker(pipeline, { address: server.address, concurrency: 2 });
      const engine = createBullmqEngine({ address: server.address });
      const { session } = await runPipeline(pipeline, { workspace: newWorkspace(), engine });
      expect(session).toMatchObject({ status: "completed", counts: { completed: 3 } });
      await until(() => worker.active === 0);

      for (const name of Object.keys(refused)) {
        const job = await queue.getJob(`stranger-${name}`);
        expect([name, JSON.stringify(job?.returnvalue)]).toEqual([
          name,
          expect.stringContaining("pipeline has no step"),
        ]);
      }
      for (const name of Object.keys(unread)) {
        const job = await queue.getJob(`stranger-${name}`);
        expect([name, job?.failedReason]).toEqual([name, expect.stringContaining("not in Holdfast's format")]);
      }
      expect(done.toSorted()).toEqual(["mine 0", "mine 1", "mine 2", "owners 0", "owners 1", "owners 2"]);
      await queue.close();
    });

    // A quarter of a gigabyte on its way through JSON.
    it("fails an item whose content is too large to travel, and only that one", { tags: "soak" }, async () => {
      const large = "x".repeat(MOST_CHARACTERS);
      const pipeline = definePipeline("large").phase("work", (phase) =>
        phase
          .extract(numbers(3))
          .step("make_much", ({ n }) => ({ n, text: n === 1 ? large : "" }))
          .load(keepIn(new Map())),
      );
      const workspace = newWorkspace();
      await using _worker = await startWorker(pipeline, { address: server.address });
      const engine = createBullmqEngine({ address: server.address });
      const { session } = await runPipeline(pipeline, { workspace, engine });
      expect(session.counts).toMatchObject({ completed: 2, failed: 1 });
      const { failures } = await reportSession(workspace, session.id);
      expect(failures.map(({ kind }) => kind)).toEqual(["input"]);
      expect(JSON.stringify(failures)).toMatch(/256\.0 MB is too large for a worker; the limit is 256\.0 MB/);
    });
  });

const PIPELINE = `
import { definePipeline } from "holdfast";
export default definePipeline("shop").phase("work", (phase) =>
  phase
    .extract({
      name: "count", version: 1, check: async () => [],
      async *read() { for (let n = 0; n < 3; n += 1) yield { kind: "item", itemId: String(n), sourcePath: "here", content: { n } }; },
    })
    .step("ask", (content) => {
      throw new Error("the shop said no to " + process.env.SHOP_TOKEN, { cause: new Error("the key was " + process.env.OPENAI_API_KEY) });
      return content;
    })
    .load({ name: "keep", version: 1, check: async () => {}, load: async () => ({ outputPath: "nowhere" }) }));
`;

/** Everything that is in the database, as one text. */
async function dump({ address }: QueueServer): Promise<string> {
  return "redis" in address ? dumpRedis(address.redis) : dumpPostgres(address.postgres);
}

async function dumpRedis(url: string): Promise<string> {
  const redis = new Redis(url);
  const read: Readonly<Record<string, (key: string) => Promise<unknown>>> = {
    string: (key) => redis.get(key),
    hash: (key) => redis.hgetall(key),
    list: (key) => redis.lrange(key, 0, -1),
    set: (key) => redis.smembers(key),
    zset: (key) => redis.zrange(key, "0", "-1"),
    stream: (key) => redis.xrange(key, "-", "+"),
  };
  try {
    const found: unknown[] = [];
    for (const key of await redis.keys("*")) found.push(key, await read[await redis.type(key)]?.(key));
    return JSON.stringify(found);
  } finally {
    redis.disconnect();
  }
}

async function dumpPostgres(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(
      "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('bullmq', 'holdfast')",
    );
    const found: unknown[] = [];
    for (const { schemaname, tablename } of rows) {
      found.push((await client.query(`SELECT t::text AS row FROM "${schemaname}"."${tablename}" t`)).rows);
    }
    return JSON.stringify(found);
  } finally {
    await client.end();
  }
}
