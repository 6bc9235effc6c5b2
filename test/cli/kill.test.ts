import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startFakeOllama, type FakeOllama } from "../../src/entries/testing.ts";
import { writeClaudeExport } from "./claude-export.ts";
import { holdfast, newProject, sessionIdIn, start } from "./holdfast.ts";
import { until } from "../until.ts";

const importArgs = (chats: string, url: string): readonly string[] => [
  "import",
  chats,
  "--out",
  "notes",
  "--llm",
  "ollama:llama3.2",
  "--ollama-url",
  url,
  "--concurrency",
  "4",
];

/** Waits until the server has been called so often. */
const callsReach = (server: FakeOllama, count: number): Promise<void> => until(() => server.calls.length >= count);

const sourceIds = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".md"))
    .map((name) => /^source_id: (.*)$/m.exec(readFileSync(join(folder, name), "utf8"))?.[1] ?? name);

describe("a run that is killed", () => {
  it("goes on after kill -9: every note is there once, and only what was in flight is paid for twice", async () => {
    const chatCount = 200;
    await using server = await startFakeOllama({ delayMs: 15 });
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), chatCount);
    const { child, finished } = start(importArgs(chats, server.url), { cwd });
    await callsReach(server, 80);
    child.kill("SIGKILL");
    const id = sessionIdIn(await finished);
    const inFlightAtKill = 4;

    const status = await holdfast(["status", id, "--json"], { cwd });
    expect(JSON.parse(status.stdout)).toMatchObject({ session: { status: "interrupted" } });
    const { session } = JSON.parse(status.stdout) as { session: { counts: { completed: number } } };
    const list = await holdfast(["status"], { cwd });
    expect(list.stdout).toContain(`${session.counts.completed} completed`);

    const resumed = await holdfast(["resume", id], { cwd });
    expect(resumed).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`${chatCount} items: ${chatCount} completed`),
    });
    expect(new Set(sourceIds(join(cwd, "notes"))).size).toBe(chatCount);
    expect(readdirSync(join(cwd, "notes"))).toHaveLength(chatCount);
    expect(server.calls.length).toBeGreaterThanOrEqual(chatCount);
    expect(server.calls.length).toBeLessThanOrEqual(chatCount + inFlightAtKill);
  });

  it("drains on Ctrl-C: what is in flight is finished, and the resume command is printed", async () => {
    await using server = await startFakeOllama({ delayMs: 20 });
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 40);
    const { child, finished } = start(importArgs(chats, server.url), { cwd });
    await callsReach(server, 10);
    child.kill("SIGINT");
    const stopped = await finished;
    const id = sessionIdIn(stopped);
    expect(stopped.code).toBe(130);
    expect(stopped.stdout).toContain(`holdfast resume ${id}`);
    expect(server.calls.every(({ outcome }) => outcome === "ended")).toBe(true);

    const resumed = await holdfast(["resume", id], { cwd });
    expect(resumed).toMatchObject({ code: 0, stdout: expect.stringContaining("40 items: 40 completed") });
    expect(server.calls).toHaveLength(40);
  });

  it("is not run twice at once: the second one is told who holds the session", async () => {
    await using server = await startFakeOllama({ delayMs: 3_600_000 });
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 3);
    const { child, finished } = start(importArgs(chats, server.url), { cwd });
    await callsReach(server, 1);
    const list = await holdfast(["status"], { cwd });
    const id = sessionIdIn(list);
    expect(list.stdout).toContain("running");
    const second = await holdfast(["resume", id], { cwd });
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`process ${child.pid}`);
    child.kill("SIGKILL");
    await finished;
  });
});
