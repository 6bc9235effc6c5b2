import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { startFakeOllama } from "../../src/testing/index.ts";
import { writeClaudeExport } from "./claude-export.ts";
import { holdfast, newProject, start } from "./holdfast.ts";

const MANY = 200_000;

/** Puts items into a session's store, as many as a run of hours does, with a few that failed. */
function fill(file: string): void {
  const db = new DatabaseSync(file);
  db.exec("PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE");
  const failure = JSON.stringify({ step: "write_note", kind: "transient", message: "reset" });
  const add = (status: string, from: number, count: number, failed: string | null): void => {
    db.prepare(`
      WITH RECURSIVE many (value) AS (SELECT :first UNION ALL SELECT value + 1 FROM many WHERE value < :last)
      INSERT INTO items (seq, phase, item_id, source_path, metadata, content, status, failure)
      SELECT value, 'import', 'many:' || value, 'many', '{}', printf('"%.200c"', 'x'), :status, :failed
      FROM many`).run({ status, failed, first: from, last: from + count - 1 });
    db.prepare(`INSERT INTO item_counts VALUES ('import', ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n`).run(
      status,
      count,
    );
  };
  add("completed", 1_000_000, MANY, null);
  add("failed", 2_000_000, 1_000, failure);
  db.exec("COMMIT");
  db.close();
}

/** The shortest of a few, as other tests may keep the machine busy meanwhile. */
async function fastestMs(run: () => unknown): Promise<number> {
  let fastest = Infinity;
  for (let round = 0; round < 7; round += 1) {
    const at = performance.now();
    await run();
    fastest = Math.min(fastest, performance.now() - at);
  }
  return fastest;
}

describe("holdfast status", () => {
  it("answers within 300 ms and Node's own start while a run with very many items goes on, and changes nothing", async () => {
    await using server = await startFakeOllama({ delayMs: 600_000 });
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 3);
    const args = ["import", chats, "--out", "notes", "--llm", "ollama:llama3.2", "--ollama-url", server.url];
    const { child, finished } = start(args, { cwd });
    while (server.calls.length === 0) await pause(5);
    await pause(1_000);
    const [id = ""] = readdirSync(join(cwd, ".holdfast/sessions"));
    const folder = join(cwd, ".holdfast/sessions", id);
    fill(join(folder, "state.db"));
    const before = readFileSync(join(folder, "session.json"));

    const nodeMs = await fastestMs(() => spawnSync(process.execPath, ["-e", ""]));
    const statusMs = await fastestMs(() => holdfast(["status", id], { cwd }));
    expect(statusMs - nodeMs).toBeLessThan(300);

    const { stdout } = await holdfast(["status", id], { cwd });
    expect(stdout).toContain(`Session ${id}: running`);
    expect(stdout).toContain("201,003 items: 200,000 completed, 1,000 failed, 3 pending");
    expect(stdout).toContain("failed: 1,000 x write_note: reset");
    expect(readFileSync(join(folder, "session.json")).equals(before)).toBe(true);
    child.kill("SIGKILL");
    await finished;
  }, 120_000);
});
