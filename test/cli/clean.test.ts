import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startFakeOllama } from "../../src/entries/testing.ts";
import { writeClaudeExport } from "./claude-export.ts";
import { failedRun } from "./failing-pipeline.ts";
import { holdfast, newProject, sessionIdIn, start } from "./holdfast.ts";
import { until, untilUnchanged } from "../until.ts";
import { variants } from "../variants.ts";

const sessionsIn = (cwd: string): readonly string[] => readdirSync(join(cwd, ".holdfast/sessions")).toSorted();

/** Makes a session look as if it had last been changed so many days ago. */
function age(cwd: string, id: string, days: number): void {
  const file = join(cwd, ".holdfast/sessions", id, "session.json");
  const session = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(
    file,
    JSON.stringify({ ...session, updatedAt: new Date(Date.now() - days * 86_400_000).toISOString() }),
  );
}

async function imported(cwd: string): Promise<string> {
  const chats = writeClaudeExport(join(cwd, "chats"), 2);
  return sessionIdIn(await holdfast(["import", chats, "--out", "notes"], { cwd }));
}

describe("holdfast clean", () => {
  it("removes old sessions, says how many bytes, and leaves notes, cache and ledger", async () => {
    const cwd = newProject();
    const [old, young] = [await imported(cwd), await imported(cwd)];
    age(cwd, old, 31);
    age(cwd, young, 29);
    const preview = await holdfast(["clean", "--days", "30", "--dry-run"], { cwd });
    expect(preview).toMatchObject({ code: 0, stdout: expect.stringMatching(/Would remove 1 session, [\d.]+ [kM]B/) });
    expect(sessionsIn(cwd)).toEqual([old, young]);

    const cleaned = await holdfast(["clean", "--days", "30"], { cwd });
    expect(cleaned.stdout).toMatch(
      new RegExp(`^removed {2}${old} {2}completed {2}[\\d.]+ [kM]B {2}2 items: 2 completed$`, "m"),
    );
    expect(cleaned.stdout).toMatch(/^Removed 1 session, [\d.]+ [kM]B\./m);
    expect(sessionsIn(cwd)).toEqual([young]);
    expect(readdirSync(join(cwd, "notes"))).toHaveLength(2);
    const again = await holdfast(["import", "chats", "--out", "notes"], { cwd });
    expect(again.stdout).toContain("2 items: 2 skipped");
  });

  it("keeps sessions with failed items by --keep-failed", { tags: "soak" }, async () => {
    const { cwd, id, run } = await failedRun();
    age(cwd, id, 10);
    const kept = await run("clean", "--days", "7", "--keep-failed");
    expect(kept.stdout).toContain("it has failed items");
    expect(sessionsIn(cwd)).toEqual([id]);
    const removed = await run("clean", "--days", "7", "--json");
    expect(JSON.parse(removed.stdout)).toMatchObject({ dryRun: false, removed: [{ id, status: "partial" }], kept: [] });
    expect(sessionsIn(cwd)).toEqual([]);
  });

  it("never removes a session that is being run, and an interrupted one only when told to", async () => {
    await using server = await startFakeOllama({ delayMs: 3_600_000 });
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 3);
    const args = ["import", chats, "--out", "notes", "--llm", "ollama:llama3.2", "--ollama-url", server.url];
    const { child, finished } = start(args, { cwd });
    await until(() => server.calls.length > 0);
    const [id = ""] = sessionsIn(cwd);
    await untilUnchanged(join(cwd, ".holdfast/sessions", id, "session.json"));
    age(cwd, id, 100);
    const running = await holdfast(["clean", "--days", "30", "--include-interrupted"], { cwd });
    expect(running.stdout).toContain("it is being run");
    expect(sessionsIn(cwd)).toEqual([id]);

    child.kill("SIGKILL");
    await finished;
    age(cwd, id, 100);
    const interrupted = await holdfast(["clean", "--days", "30"], { cwd });
    expect(interrupted.stdout).toContain("--include-interrupted");
    expect(sessionsIn(cwd)).toEqual([id]);
    await holdfast(["clean", "--days", "30", "--include-interrupted"], { cwd });
    expect(sessionsIn(cwd)).toEqual([]);
  });

  it(
    "leaves alone what it cannot read and says so, and finishes a removal that was cut off",
    { tags: "soak" },
    async () => {
      const cwd = newProject();
      const id = await imported(cwd);
      const sessions = join(cwd, ".holdfast/sessions");
      writeFileSync(join(sessions, id, "session.json"), "{");
      mkdirSync(join(sessions, ".removed-20250101_000000/import"), { recursive: true });
      const ran = await holdfast(["clean", "--days", "0"], { cwd });
      expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("No session") });
      expect(ran.stdout).toMatch(new RegExp(`^kept {2}${id} {2}unreadable {2}[\\d.]+ [kM]B {2}.*session\\.json`, "m"));
      expect(ran.stdout).toContain(`To get rid of it, remove ${join(sessions, id)} yourself.`);
      expect(sessionsIn(cwd)).toEqual([id]);
      const json = await holdfast(["clean", "--days", "0", "--json"], { cwd });
      expect(JSON.parse(json.stdout)).toMatchObject({ removed: [], kept: [{ id, status: "unreadable" }] });
    },
  );

  it("makes no workspace where there is none", async () => {
    const cwd = newProject();
    expect(await holdfast(["clean", "--days", "0"], { cwd })).toMatchObject({ code: 0 });
    expect(existsSync(join(cwd, ".holdfast"))).toBe(false);
  });

  variants([[["clean"]], [["clean", "--days", "-1"]], [["clean", "--days", "soon"]]])("refuses %j", async (args) => {
    expect(await holdfast(args, { cwd: newProject() })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("--days"),
    });
  });
});
