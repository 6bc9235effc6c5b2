import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { startFakeOllama, type FakeOllama } from "../../src/entries/testing.ts";
import { writeClaudeExport } from "./claude-export.ts";
import { holdfast, newProject, sessionIdIn, start } from "./holdfast.ts";

const CHATS = 8;
const IN_FLIGHT = 4;

/** A run with four calls in flight. */
async function runInFlight(server: FakeOllama, cwd: string) {
  const chats = writeClaudeExport(join(cwd, "chats"), CHATS);
  const args = ["import", chats, "--out", "notes", "--llm", "ollama:llama3.2", "--ollama-url", server.url];
  const run = start([...args, "--concurrency", String(IN_FLIGHT)], { cwd });
  while (server.calls.length < IN_FLIGHT) await pause(5);
  return run;
}

/** Sends the second signal and waits for the process to end; milliseconds from the one to the other. */
async function stopAtOnce(
  child: Awaited<ReturnType<typeof runInFlight>>["child"],
  signal: NodeJS.Signals,
): Promise<number> {
  child.kill(signal);
  await pause(300);
  expect(child.exitCode).toBe(null);
  const exited = once(child, "exit").then(() => performance.now());
  const at = performance.now();
  child.kill(signal);
  return (await exited) - at;
}

describe("stopping a run", () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "takes less than 100 ms by a second %s while calls hang, and loses nothing",
    async (signal) => {
      const cwd = newProject();
      let id: string;
      {
        await using hanging = await startFakeOllama({ delayMs: 600_000 });
        const { child, finished } = await runInFlight(hanging, cwd);
        expect(await stopAtOnce(child, signal)).toBeLessThan(100);
        const stopped = await finished;
        expect(stopped.code).toBe(130);
        id = sessionIdIn(stopped);
        expect(stopped.stdout + stopped.stderr).toContain(`holdfast resume ${id}`);
      }
      const status = await holdfast(["status", id, "--json"], { cwd });
      expect(JSON.parse(status.stdout)).toMatchObject({ session: { status: "interrupted", counts: { failed: 0 } } });
      await using server = await startFakeOllama();
      const resumed = await holdfast(["resume", id, "--ollama-url", server.url], { cwd });
      expect(resumed).toMatchObject({ code: 0, stdout: expect.stringContaining(`${CHATS} items: ${CHATS} completed`) });
      expect(server.calls).toHaveLength(CHATS);
    },
    60_000,
  );

  it.each([
    ["a step", "process: () => forever()"],
    ["a step's fallback", 'process: () => { throw new Error("no"); }, onError: () => forever()'],
  ])(
    "takes less than 100 ms by a second Ctrl-C when %s does not listen, and says how to go on",
    async (_, step) => {
      const cwd = newProject();
      writeFileSync(join(cwd, "docs.jsonl"), '{"id":"a"}\n{"id":"b"}\n');
      writeFileSync(
        join(cwd, "deaf.ts"),
        `import { definePipeline, defineStep } from "holdfast";
      import { readJsonl } from "holdfast/sources";
      import { writeMarkdown } from "holdfast/sinks";
      const forever = () => {
        console.error("waiting");
        return new Promise<string>(() => {});
      };
      export default definePipeline("deaf").phase("work", (phase) => phase
        .extract(readJsonl("docs.jsonl"))
        .transform(defineStep({ name: "wait", ${step} }))
        .load(writeMarkdown("notes", (text: string) => ({ title: text, body: "" }))));`,
      );
      const { child, finished } = start(["run", "deaf.ts"], { cwd });
      await new Promise<void>((resolve) => {
        child.stderr?.on("data", (chunk: Buffer) => chunk.includes("waiting") && resolve());
      });
      expect(await stopAtOnce(child, "SIGINT")).toBeLessThan(100);
      const stopped = await finished;
      const id = sessionIdIn(stopped);
      expect(stopped.code).toBe(130);
      expect(stopped.stdout + stopped.stderr).toContain(`holdfast resume ${id}`);
      const status = await holdfast(["status", id, "--json"], { cwd });
      const session = { status: "interrupted", counts: { pending: 2, failed: 0 } };
      expect(JSON.parse(status.stdout)).toMatchObject({ session });
    },
    60_000,
  );

  it("drains on SIGTERM as on Ctrl-C: what is in flight is finished", async () => {
    await using server = await startFakeOllama({ delayMs: 200 });
    const cwd = newProject();
    const { child, finished } = await runInFlight(server, cwd);
    child.kill("SIGTERM");
    const stopped = await finished;
    expect(stopped).toMatchObject({ code: 130, stdout: expect.stringContaining("stopped by SIGTERM") });
    expect(server.calls.map(({ outcome }) => outcome)).toEqual(Array.from({ length: IN_FLIGHT }, () => "ended"));
    const resumed = await holdfast(["resume", sessionIdIn(stopped)], { cwd });
    expect(resumed).toMatchObject({ code: 0, stdout: expect.stringContaining(`${CHATS} items: ${CHATS} completed`) });
    expect(server.calls).toHaveLength(CHATS);
  }, 60_000);
});
