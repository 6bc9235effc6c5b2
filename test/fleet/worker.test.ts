import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startFakeOllama, startFakeOpenAI, type Call } from "../../src/entries/testing.ts";
import { writeClaudeExport } from "../cli/claude-export.ts";
import { holdfast, newProject, root, start } from "../cli/holdfast.ts";
import { startCommandWorker } from "./command-worker.ts";
import { freePort, hasRedis, quickOn, startRedis, type QueueServer } from "./servers.ts";
import { until } from "../until.ts";
import { variants } from "../variants.ts";

const LLM = ["--llm", "ollama:llama3.2"];

/** More than one worker is done with before it hears that it is to leave. */
const CHATS = 40;

/** A project with so many chats. */
function projectWith(chats: number): string {
  const cwd = newProject();
  writeClaudeExport(join(cwd, "chats"), chats);
  return cwd;
}

for (const { name, start: startServer, tags } of quickOn("Postgres"))
  describe(`holdfast worker on ${name}`, { tags }, () => {
    let queue: QueueServer;
    beforeAll(async () => {
      queue = await startServer();
    });
    afterAll(() => queue[Symbol.asyncDispose]());

    it("serves imports with its own language, prompts and answers, and says which others it cannot", async () => {
      const cwd = projectWith(2);
      const { env } = queue;
      await using plain = await startCommandWorker(["import", ...queue.flags], { cwd, env });
      const args = [
        "import",
        "chats",
        "--out",
        "notes",
        "--language",
        "Japanese",
        "--min-messages",
        "2",
        ...queue.flags,
      ];
      const { child, finished } = start(args, { cwd, env });
      let heard = "";
      child.stderr?.on("data", (chunk: Buffer) => (heard += chunk.toString()));
      await until(() => heard.includes("has another version"));
      expect(heard).toContain(`process ${plain.child.pid}`);
      await until(() => plain.heard().includes("this worker gets no work"));
      expect(plain.heard()).toContain("has different steps or step settings");

      const japanese = await holdfast(["worker", "import", "--language", "Japanese", ...queue.flags, "--once"], {
        cwd,
        env,
      });
      // On a machine so busy that a lease runs out, a job is done once more.
      expect(japanese).toMatchObject({ code: 0, stderr: expect.stringMatching(/Done: [2-9] jobs/) });
      expect(await finished).toMatchObject({ code: 0, stdout: expect.stringContaining("2 items: 2 completed") });
    });

    it("takes the queue and the model from holdfast.config.ts, as the session does", { tags: "soak" }, async () => {
      await using server = await startFakeOllama();
      const cwd = projectWith(3);
      const [flag = "", address = ""] = queue.flags;
      const config = { llm: LLM[1], ollamaUrl: server.url, out: "notes", [flag.slice(2)]: address };
      writeFileSync(join(cwd, "holdfast.config.json"), JSON.stringify(config));
      await using worker = await startCommandWorker(["import"], { cwd, env: queue.env });
      const ran = await holdfast(["import", "chats"], { cwd, env: queue.env });
      expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("3 items: 3 completed") });
      expect(worker.heard()).toContain("ollama:llama3.2");
      expect(server.calls).toHaveLength(3);
    });

    it("takes a model object from holdfast.config.ts, as the session does", { tags: "soak" }, async () => {
      await using server = await startFakeOpenAI();
      const cwd = projectWith(3);
      const [flag = "", address = ""] = queue.flags;
      const config = `import { createOpenAI } from "holdfast/llm";
        const model = createOpenAI({ model: "m", baseUrl: ${JSON.stringify(server.url)} });
        export default { model, out: "notes", ${flag.slice(2)}: ${JSON.stringify(address)} };`;
      writeFileSync(join(cwd, "holdfast.config.ts"), config);
      await using worker = await startCommandWorker(["import"], { cwd, env: queue.env });
      const ran = await holdfast(["import", "chats"], { cwd, env: queue.env });
      expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("3 items: 3 completed") });
      expect(worker.heard()).toContain("openai:m");
      expect(server.calls).toHaveLength(3);
    });

    it("finishes what is under way at SIGTERM, leaves the rest to others, and answers for its health until then", async () => {
      await using server = await startFakeOllama({ delayMs: 400 });
      const cwd = projectWith(CHATS);
      const env = { ...queue.env, OLLAMA_HOST: server.url };
      const port = await freePort();
      const args = ["import", ...LLM, ...queue.flags];
      await using first = await startCommandWorker([...args, "--concurrency", "2", "--health-port", String(port)], {
        cwd,
        env,
      });
      const owner = holdfast(["import", "chats", "--out", "notes", ...LLM, ...queue.flags], { cwd, env });
      await until(() => server.calls.length >= 3);
      await until(async () => {
        const health = await fetch(`http://127.0.0.1:${port}/health`);
        expect(await health.json()).toMatchObject({
          status: "ok",
          active: 2,
          queue: expect.stringContaining("import"),
        });
        return true;
      });
      expect((await fetch(`http://127.0.0.1:${port}/else`)).status).toBe(404);
      first.child.kill("SIGTERM");
      expect(await first.finished).toMatchObject({ code: 0, stderr: expect.stringContaining("Leaving: finishing") });
      expect(server.calls.every(({ outcome }) => outcome === "ended")).toBe(true);
      await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
      const done = server.calls.length;
      expect(done).toBeLessThan(CHATS);

      await using _second = await startCommandWorker([...args, "--concurrency", "16"], { cwd, env });
      expect(await owner).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(`${CHATS} items: ${CHATS} completed`),
      });
      // Says which call was made again, and by then what the worker that left has said.
      expect({ again: repeatedIn(server.calls), heard: first.heard() }).toMatchObject({ again: [] });
      expect(server.calls).toHaveLength(CHATS);
    });
  });

/** The chats that were asked about more than once, with when and how each call ended. */
function repeatedIn(calls: readonly Call[]): readonly string[] {
  const chatOf = ({ body }: Call): string => /about \w+ number \d+/.exec(JSON.stringify(body))?.[0] ?? "?";
  const told = (call: Call): string => `${call.number}: ${chatOf(call)} at ${call.atMs}, ${call.outcome}`;
  return calls.filter((call) => calls.some((other) => other !== call && chatOf(other) === chatOf(call))).map(told);
}

describe("holdfast worker", () => {
  variants([
    ["no queue", [], "For example: --redis redis://127.0.0.1:6379"],
    ["two queues", ["--redis", "redis://a", "--postgres", "postgres://b"], "got both"],
    ["what is no address", ["--redis", "localhost:6379"], "begins with redis:// or rediss://"],
    ["another database", ["--postgres", "mysql://a/b"], "begins with postgres:// or postgresql://"],
    ["a password where others can read it", ["--redis", "redis://:kelp-9@a"], "HOLDFAST_REDIS_PASSWORD"],
  ])("refuses %s", async (_, flags, sentence) => {
    const refused = await holdfast(["worker", "import", ...flags], { cwd: newProject() });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(sentence) });
    expect(refused.stderr).not.toContain("kelp-9");
  });

  variants([
    ["redis", "bullmq ioredis", "redis://127.0.0.1:6379"],
    ["postgres", "bullmq pg", "postgres://127.0.0.1/db"],
  ])("says what to install for %s", async (kind, packages, url) => {
    const cwd = withoutDrivers();
    const bin = join(cwd, "node_modules/holdfast/bin/holdfast.js");
    const { status, stderr } = spawnSync(process.execPath, [bin, "worker", "import", `--${kind}`, url], { cwd });
    expect([status, String(stderr)]).toEqual([1, expect.stringContaining(`npm install ${packages}`)]);
  });

  it("says who is not there", async () => {
    const url = `redis://127.0.0.1:${await freePort()}`;
    const refused = await holdfast(["worker", "import", "--redis", url], { cwd: newProject() });
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining(`Cannot use the queue at ${url}`) });
  });
});

describe.skipIf(!hasRedis)("a Redis with a password", () => {
  it(
    "is opened with the one in the environment, and a wrong one is refused and not repeated",
    { tags: "soak" },
    async () => {
      await using redis = await startRedis(["--requirepass", "kelp-and-rock"]);
      const cwd = newProject();
      const args = ["worker", "import", ...redis.flags, "--once"];
      const right = await holdfast(args, { cwd, env: { HOLDFAST_REDIS_PASSWORD: "kelp-and-rock" } });
      expect(right).toMatchObject({ code: 0, stderr: expect.stringContaining("Done: 0 jobs") });
      for (const env of [{ HOLDFAST_REDIS_PASSWORD: "kelp-and-sand" }, {}]) {
        const wrong = await holdfast(args, { cwd, env });
        expect(wrong).toMatchObject({ code: 3, stderr: expect.stringContaining("Cannot use the queue") });
        expect(wrong.stderr).not.toContain("kelp-and-sand");
      }
    },
  );

  it("is reached over TLS with rediss://", { tags: "soak" }, async () => {
    // Of nobody but these tests, for a hundred years.
    const key = join(root, "test/fleet/fixtures/localhost-key.pem");
    const cert = join(root, "test/fleet/fixtures/localhost-cert.pem");
    const port = await freePort();
    const tls = [
      "--tls-port",
      String(port),
      "--tls-cert-file",
      cert,
      "--tls-key-file",
      key,
      "--tls-auth-clients",
      "no",
    ];
    await using _redis = await startRedis(tls);
    const args = ["worker", "import", "--redis", `rediss://localhost:${port}`, "--once"];
    const cwd = newProject();
    expect(await holdfast(args, { cwd, env: { NODE_EXTRA_CA_CERTS: cert } })).toMatchObject({ code: 0 });
    const stranger = await holdfast(args, { cwd });
    expect(stranger).toMatchObject({ code: 3, stderr: expect.stringContaining("Cannot use the queue") });
  });
});

/** A project with Holdfast and what it needs, and without the optional packages for queues. */
function withoutDrivers(): string {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-bare-")));
  const modules = join(cwd, "node_modules");
  const own = join(modules, "holdfast");
  mkdirSync(own, { recursive: true });
  for (const part of ["bin", "dist", "package.json"]) cpSync(join(root, part), join(own, part), { recursive: true });
  const optional = new Set(["bullmq", "ioredis", "pg", ".bin", "holdfast"]);
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (!optional.has(name)) symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  return cwd;
}
