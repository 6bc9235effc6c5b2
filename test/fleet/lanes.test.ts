import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startFakeOllama, type FakeOllama, type Fault } from "../../src/entries/testing.ts";
import { writeClaudeExport } from "../cli/claude-export.ts";
import { holdfast, newProject, type Finished } from "../cli/holdfast.ts";
import { startCommandWorker } from "./command-worker.ts";
import { serverKinds, type QueueServer } from "./servers.ts";
import { until } from "../until.ts";

const LLM = ["--llm", "ollama:llama3.2"];

/** The most calls in any period of so many milliseconds, as the server saw them. */
function mostWithin(ms: number, { calls }: FakeOllama): number {
  const at = calls.map(({ atMs }) => atMs).toSorted((a, b) => a - b);
  return Math.max(0, ...at.map((from) => at.filter((other) => other >= from && other < from + ms).length));
}

/** Calls a second between the first and the last. */
function pace({ calls }: FakeOllama): number {
  const at = calls.map(({ atMs }) => atMs);
  return ((at.length - 1) * 1000) / (Math.max(...at) - Math.min(...at));
}

for (const { name, start: startServer } of serverKinds)
  describe(`two workers on ${name}`, { tags: "soak" }, () => {
    let queue: QueueServer;
    beforeAll(async () => {
      queue = await startServer();
    });
    afterAll(() => queue[Symbol.asyncDispose]());

    interface Asked {
      readonly chats: number;
      /** For the owner. */
      readonly flags?: readonly string[];
      readonly concurrency?: number;
    }

    /** Imports so many chats with two workers. */
    async function importWith(server: FakeOllama, { chats, flags = [], concurrency = 16 }: Asked): Promise<Finished> {
      const cwd = newProject();
      writeClaudeExport(join(cwd, "chats"), chats);
      const env = { ...queue.env, OLLAMA_HOST: server.url };
      const args = ["import", ...LLM, ...queue.flags, "--concurrency", String(concurrency)];
      await using _one = await startCommandWorker(args, { cwd, env });
      await using _two = await startCommandWorker(args, { cwd, env });
      const ran = await holdfast(["import", "chats", "--out", "notes", ...LLM, ...queue.flags, ...flags], { cwd, env });
      if (ran.code === 0) expect(readdirSync(join(cwd, "notes"))).toHaveLength(chats);
      return ran;
    }

    it("never call more than 50 times in any second together", async () => {
      await using server = await startFakeOllama({ delayMs: 30 });
      const ran = await importWith(server, { chats: 300, flags: ["--requests-per-second", "50"] });
      expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("300 items: 300 completed") });
      expect(server.calls).toHaveLength(300);
      const figures = `${name}: at most ${mostWithin(1000, server)} calls in a second, ${pace(server).toFixed(1)} a second`;
      console.log(figures);
      expect(mostWithin(1000, server), figures).toBeLessThanOrEqual(50);
    });

    it("never make more calls at once than the session allows, though each could", async () => {
      await using server = await startFakeOllama({ delayMs: 60 });
      const ran = await importWith(server, { chats: 60, flags: ["--concurrency", "3"] });
      expect(ran.code).toBe(0);
      expect(server.calls).toHaveLength(60);
      expect(server.maxInFlight).toBe(3);
    });

    it("keep quiet together when one of them is told to slow down", async () => {
      const slowDown: Fault = {
        does: "respond",
        status: 429,
        body: { error: "slow down" },
        headers: { "retry-after": "6" },
      };
      await using server = await startFakeOllama({
        delayMs: 30,
        faults: (call) => (call === 30 ? slowDown : undefined),
      });
      const ran = await importWith(server, { chats: 120, concurrency: 4 });
      expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("120 items: 120 completed") });
      expect(server.calls).toHaveLength(121);
      const refusedAt = server.calls[29]?.atMs ?? 0;
      // What was under way when it was told goes on; on a busy machine it takes a while until all have heard of it.
      const meanwhile = server.calls.filter(({ atMs }) => atMs > refusedAt + 3_000 && atMs < refusedAt + 5_900);
      expect(meanwhile).toHaveLength(0);
    });

    it("wait out an outage together, and no item fails for it", async () => {
      await using server = await startFakeOllama({ delayMs: 20 });
      const outage = async (): Promise<void> => {
        await until(() => server.calls.length > 40);
        await server.goDown();
        await pause(9_000);
        await server.comeBack();
      };
      const down = outage();
      const flags = ["--max-attempts", "2", "--min-wait", "0.2", "--max-wait", "0.2"];
      const ran = await importWith(server, { chats: 150, flags, concurrency: 4 });
      await down;
      expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("150 items: 150 completed") });
    });
  });
