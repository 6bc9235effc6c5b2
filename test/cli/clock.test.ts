import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import type { Phase, SessionReport } from "../../src/index.ts";
import { startFakeOllama } from "../../src/entries/testing.ts";
import { writeClaudeExport } from "./claude-export.ts";
import { holdfast, newProject, root, sessionIdIn, type Finished } from "./holdfast.ts";

const HOUR_MS = 3_600_000;
const CHATS = 12;

const JUMPER = pathToFileURL(join(root, "test/cli/fixtures/clock-jump.mjs")).href;

/** What makes a command's wall clock jump so far as soon as there is this file. */
const jumping = (ms: number, file: string): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `--import ${JUMPER}`,
  CLOCK_JUMP_MS: String(ms),
  CLOCK_JUMP_FILE: file,
});

describe.each([
  ["forwards", HOUR_MS],
  ["backwards", -HOUR_MS],
])("a wall clock that jumps an hour %s while a run is on", (_, jumpMs) => {
  it("changes no wait, no number and no time that something took", { tags: "soak" }, async () => {
    const cwd = newProject();
    const jump = join(cwd, "jump");
    // The clock jumps while the whole lane waits out a rate limit of two seconds; there are retries after that.
    await using server = await startFakeOllama({
      faults: (call) => {
        if (call === 3) writeFileSync(jump, "");
        return call === 3 ? "cloud_rate_limit" : call % 5 === 0 ? "runner_died" : undefined;
      },
    });
    const chats = writeClaudeExport(join(cwd, "chats"), CHATS);
    const llm = ["--llm", "ollama:llama3.2", "--ollama-url", server.url];
    const waits = ["--min-wait", "0.05", "--max-wait", "0.2", "--max-attempts", "5"];
    const begunMs = performance.now();
    const env = jumping(jumpMs, jump);
    const ran = await holdfast(["import", chats, "--out", "notes", ...llm, ...waits, "--json"], { cwd, env });
    const tookMs = performance.now() - begunMs;

    expect(ran.code).toBe(0);
    const { session, runs }: SessionReport = JSON.parse(ran.stdout);
    expect(session.counts).toMatchObject({ completed: CHATS });
    const shownMs = Date.parse(session.updatedAt) - Date.parse(session.createdAt);
    expect(Math.abs(shownMs - jumpMs)).toBeLessThan(tookMs);
    const runMs = runs[0]?.ended?.durationMs ?? 0;
    expect(runMs).toBeGreaterThan(2000);
    expect(runMs).toBeLessThan(tookMs);

    const phase: Phase = JSON.parse(
      readFileSync(join(cwd, ".holdfast/sessions", session.id, "import/phase.json"), "utf8"),
    );
    const steps = Object.values(phase.stages).flatMap((stage) => stage.steps);
    expect(steps.length).toBeGreaterThan(3);
    for (const { durationMs } of steps) {
      expect(durationMs).toBeGreaterThanOrEqual(0);
      expect(durationMs).toBeLessThan(CHATS * tookMs);
    }
    const status = await holdfast(["status", session.id], { cwd });
    expect(status.stdout).toContain(`${CHATS} items: ${CHATS} completed`);
  });
});

describe("a wall clock that was put back", () => {
  it("gives a later session an id of its own, and both are listed and kept", async () => {
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 2);
    const run = (jumpMs: number): Promise<Finished> =>
      holdfast(["import", chats, "--out", "notes"], { cwd, env: jumping(jumpMs, root) });
    const first = sessionIdIn(await run(0));
    const back = await run(-HOUR_MS);
    expect(back).toMatchObject({ code: 0, stdout: expect.stringContaining("2 skipped") });
    const second = sessionIdIn(back);
    expect(second < first).toBe(true);
    const { stdout } = await holdfast(["status"], { cwd });
    for (const id of [first, second]) expect(stdout).toMatch(new RegExp(`^${id} {2}completed`, "m"));
    expect((await holdfast(["clean", "--days", "1"], { cwd })).stdout).toContain("No session");
  });
});
