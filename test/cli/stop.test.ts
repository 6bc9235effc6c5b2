import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startFakeOllama, type FakeOllama } from "../../src/entries/testing.ts";
import { writeClaudeExport } from "./claude-export.ts";
import { holdfast, newProject, sessionIdIn, start, type Started } from "./holdfast.ts";
import { until } from "../until.ts";
import { variants } from "../variants.ts";

const CHATS = 8;
const IN_FLIGHT = 4;
/** Longer than a test may take. */
const FOREVER_MS = 3_600_000;

/** A run with four calls in flight. */
async function runInFlight(server: FakeOllama, cwd: string) {
  const chats = writeClaudeExport(join(cwd, "chats"), CHATS);
  const args = ["import", chats, "--out", "notes", "--llm", "ollama:llama3.2", "--ollama-url", server.url];
  const run = start([...args, "--concurrency", String(IN_FLIGHT)], { cwd });
  await until(() => server.calls.length === IN_FLIGHT);
  return run;
}

/** Sends the second signal once the first one was heard, and waits for the process to end, which says how long it took. */
async function stopAtOnce({ child, said }: Started, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  await until(() => said().includes("Stopping: finishing what is in flight"));
  expect(child.exitCode).toBe(null);
  const exited = once(child, "exit").then(() => performance.now());
  const at = performance.now();
  child.kill(signal);
  console.log(`The process ended ${((await exited) - at).toFixed(0)} ms after the second ${signal}.`);
}

describe("stopping a run", () => {
  variants(["SIGINT", "SIGTERM"] as const)(
    "ends at once by a second %s while calls hang, and loses nothing",
    async (signal) => {
      const cwd = newProject();
      let id: string;
      {
        await using hanging = await startFakeOllama({ delayMs: FOREVER_MS });
        const run = await runInFlight(hanging, cwd);
        await stopAtOnce(run, signal);
        const stopped = await run.finished;
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
  );

  variants([
    ["a step", "process: () => forever()"],
    ["a step's fallback", 'process: () => { throw new Error("no"); }, onError: () => forever()'],
  ])("ends at once by a second Ctrl-C when %s does not listen, and says how to go on", async (_, step) => {
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
    const run = start(["run", "deaf.ts"], { cwd });
    await until(() => run.said().includes("waiting"));
    await stopAtOnce(run, "SIGINT");
    const stopped = await run.finished;
    const id = sessionIdIn(stopped);
    expect(stopped.code).toBe(130);
    expect(stopped.stdout + stopped.stderr).toContain(`holdfast resume ${id}`);
    const status = await holdfast(["status", id, "--json"], { cwd });
    const session = { status: "interrupted", counts: { pending: 2, failed: 0 } };
    expect(JSON.parse(status.stdout)).toMatchObject({ session });
  });

  it("drains on SIGTERM as on Ctrl-C: what is in flight is finished", { tags: "soak" }, async () => {
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
  });
});
