import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startFakeOllama } from "../../src/entries/testing.ts";
import { writeClaudeExport } from "../cli/claude-export.ts";
import { holdfast, newProject, sessionIdIn, start, type Finished } from "../cli/holdfast.ts";
import { startCommandWorker } from "./command-worker.ts";
import { freePort, quickOn, serverKinds, type QueueServer } from "./servers.ts";
import { until } from "../until.ts";

const LLM = ["--llm", "ollama:llama3.2"];

const countsOf = (finished: Finished): unknown => JSON.parse(finished.stdout).session.counts;

for (const { name, start: startServer, tags } of quickOn("Redis"))
  describe(`a session that moves between this machine and workers on ${name}`, { tags }, () => {
    let queue: QueueServer;
    beforeAll(async () => {
      queue = await startServer();
    });
    afterAll(() => queue[Symbol.asyncDispose]());

    it("has the same counts as one that never moved, and pays for nothing twice", async () => {
      const chats = 60;
      await using server = await startFakeOllama({ delayMs: 50 });
      const cwd = newProject();
      writeClaudeExport(join(cwd, "chats"), chats);
      const env = { ...queue.env, OLLAMA_HOST: server.url };
      /** Begins a command, and interrupts it after so many calls as a person would. */
      const interrupted = async (args: readonly string[], afterCalls: number): Promise<Finished> => {
        const { child, finished } = start(args, { cwd, env });
        await until(() => server.calls.length >= afterCalls || child.exitCode !== null);
        child.kill("SIGINT");
        return finished;
      };

      const atHome = await interrupted(["import", "chats", "--out", "notes", ...LLM], 10);
      const id = sessionIdIn(atHome);
      expect(atHome.code).toBe(130);
      await using _worker = await startCommandWorker(["import", ...LLM, ...queue.flags], { cwd, env });
      const away = await interrupted(["resume", id, "--engine", "bullmq", ...queue.flags], 30);
      expect(away.code).toBe(130);

      const status = await holdfast(["status", id], { cwd, env });
      expect(status.stdout).toContain("What workers have of it is at");
      const home = await holdfast(["resume", id, "--engine", "local", "--json"], { cwd, env });
      expect(home.code).toBe(0);
      expect(countsOf(home)).toMatchObject({ completed: chats, failed: 0, pending: 0, processing: 0 });
      expect(readdirSync(join(cwd, "notes"))).toHaveLength(chats);
      // An interrupted run ends what is in flight, so nothing is asked for again.
      expect(server.calls).toHaveLength(chats);
      const after = await holdfast(["status", id], { cwd, env });
      expect(after.stdout).not.toContain("with workers");
    });

    it("uses what workers had finished when the owner was killed", async () => {
      await using server = await startFakeOllama({ delayMs: 20 });
      const cwd = newProject();
      writeClaudeExport(join(cwd, "chats"), 40);
      const env = { ...queue.env, OLLAMA_HOST: server.url };
      await using _worker = await startCommandWorker(["import", ...LLM, ...queue.flags], { cwd, env });
      const { child, finished } = start(["import", "chats", "--out", "notes", ...LLM, ...queue.flags], { cwd, env });
      await until(() => server.calls.length >= 8 || child.exitCode !== null);
      child.kill("SIGKILL");
      const id = sessionIdIn(await finished);
      // The worker goes on with what it was given.
      await until(() => server.calls.length === 40);
      const home = await holdfast(["resume", id, "--engine", "local", "--json"], { cwd, env });
      expect(home.code).toBe(0);
      expect(countsOf(home)).toMatchObject({ completed: 40, failed: 0 });
      expect(server.calls).toHaveLength(40);
    });

    it(
      "is not taken elsewhere while its items are with workers, and says where they are",
      { tags: "soak" },
      async () => {
        const { cwd, id, env } = await cutOff(queue);
        const other =
          queue.name === "Redis" ? ["--redis", "redis://127.0.0.1:1"] : ["--postgres", "postgres://127.0.0.1:1/db"];
        const elsewhere = await holdfast(["resume", id, "--engine", "local", ...other], { cwd, env });
        expect(elsewhere).toMatchObject({ code: 3, stderr: expect.stringContaining("with workers at") });
        expect(elsewhere.stderr).toContain("Nothing was changed");
        const home = await holdfast(["resume", id, "--engine", "local"], { cwd, env });
        expect(home.code).toBe(0);
      },
    );

    it("says that its steps were changed", { tags: "soak" }, async () => {
      const { cwd, id, env } = await cutOff(queue);
      writeFileSync(join(cwd, "pipeline.ts"), pipelineText({ version: 2 }));
      for (const engine of ["local", "bullmq"]) {
        const changed = await holdfast(["resume", id, "--engine", engine], { cwd, env });
        expect(changed).toMatchObject({ code: 1, stderr: expect.stringContaining("--force") });
      }
      const forced = await holdfast(["resume", id, "--engine", "local", "--force"], { cwd, env });
      expect(forced.code).toBe(0);
      expect(forced.stderr).toContain("The pipeline or the model has changed");
      expect(forced.stdout).toContain("6 items: 6 completed");
    });
  });

describe("a session whose queue cannot be reached", () => {
  it("is refused with a sentence, and goes on without it when that is insisted on", { tags: "soak" }, async () => {
    const [kind] = serverKinds;
    if (!kind) throw new Error("There is no kind of server.");
    const queue = await kind.start();
    const { cwd, id, env } = await cutOff(queue);
    await queue[Symbol.asyncDispose]();
    const refused = await holdfast(["resume", id, "--engine", "local"], { cwd, env });
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining("--engine local --force") });
    const forced = await holdfast(["resume", id, "--engine", "local", "--force"], { cwd, env });
    expect(forced).toMatchObject({ code: 0, stdout: expect.stringContaining("6 items: 6 completed") });
    expect(forced.stderr).toContain("Continuing without it");
  });

  it("begins nothing there", async () => {
    const cwd = newProject();
    writeClaudeExport(join(cwd, "chats"), 1);
    const url = `redis://127.0.0.1:${await freePort()}`;
    const refused = await holdfast(["import", "chats", "--out", "notes", "--redis", url], { cwd });
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining(`Cannot use the queue at ${url}`) });
  });
});

const pipelineText = ({ version }: { readonly version: number }): string => `
import { definePipeline, defineStep } from "holdfast";
const work = defineStep({ name: "work", version: ${version}, process: (content: { n: number }) => ({ n: content.n + 1 }) });
export default definePipeline("moving").phase("work", (phase) =>
  phase
    .extract({
      name: "count", version: 1, check: async () => [],
      async *read() { for (let n = 0; n < 6; n += 1) yield { kind: "item", itemId: String(n), sourcePath: "here", content: { n } }; },
    })
    .transform(work)
    .load({ name: "keep", version: 1, check: async () => {}, load: async () => ({ outputPath: "nowhere" }) }));
`;

/** A session whose owner was killed while its items waited in a queue that no worker serves. */
async function cutOff(
  queue: QueueServer,
): Promise<{ readonly cwd: string; readonly id: string; readonly env: Readonly<Record<string, string>> }> {
  const cwd = newProject();
  writeFileSync(join(cwd, "pipeline.ts"), pipelineText({ version: 1 }));
  const { child, finished } = start(["run", "pipeline.ts", ...queue.flags], { cwd, env: queue.env });
  let heard = "";
  child.stderr?.on("data", (chunk: Buffer) => (heard += chunk.toString()));
  await until(() => heard.includes("No worker serves"));
  child.kill("SIGKILL");
  return { cwd, id: sessionIdIn(await finished), env: queue.env };
}
