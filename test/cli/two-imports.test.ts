import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startFakeOllama } from "../../src/entries/testing.ts";
import { writeClaudeExport } from "./claude-export.ts";
import { holdfast, newProject, start } from "./holdfast.ts";
import { until } from "../until.ts";

describe("two imports into one folder at once", () => {
  it("do the work once: the second is told who is at it, and a dead one never blocks", async () => {
    await using server = await startFakeOllama({ delayMs: 3_600_000 });
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 3);
    const args = ["import", chats, "--out", "notes"];
    const { child, finished } = start([...args, "--llm", "ollama:llama3.2", "--ollama-url", server.url], { cwd });
    await until(() => server.calls.length > 0);
    const [first = "", ...others] = readdirSync(join(cwd, ".holdfast/sessions"));
    expect(others).toEqual([]);

    const second = await holdfast(args, { cwd });
    expect(second).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        `error: Session ${first} (process ${child.pid}) is writing to ${JSON.stringify(join(cwd, "notes"))} right now.`,
      ),
    });
    expect(second.stderr).toContain(
      `Nothing was started. Wait for it, or stop it with \`holdfast cancel ${first}\`; then run again.`,
    );
    expect(readdirSync(join(cwd, ".holdfast/sessions"))).toEqual([first]);
    expect(await holdfast(["import", chats, "--out", "elsewhere"], { cwd })).toMatchObject({ code: 0 });
    const resumed = await holdfast(["resume", first], { cwd });
    expect(resumed).toMatchObject({ code: 1, stderr: expect.stringContaining("already being run") });

    child.kill("SIGKILL");
    await finished;
    const third = await holdfast(args, { cwd });
    expect(third).toMatchObject({ code: 0, stdout: expect.stringContaining("3 completed") });
    expect(readdirSync(join(cwd, "notes"))).toHaveLength(3);
  });
});
