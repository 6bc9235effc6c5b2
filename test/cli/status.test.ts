import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { startFakeOllama } from "../../src/entries/testing.ts";
import { writeClaudeExport } from "./claude-export.ts";
import { holdfast, newProject, start } from "./holdfast.ts";
import { until, untilUnchanged } from "../until.ts";

const MANY = 200_000;

/**
 * Lets a session's store count as many items as a run of hours has, with a few that failed. There are rows only for
 * those that failed: who looked at all rows, which takes the longer the more there are, would come to other counts.
 */
function fill(file: string): void {
  const db = new DatabaseSync(file);
  db.exec("PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE");
  const failure = JSON.stringify({ step: "write_note", kind: "transient", message: "reset" });
  const count = (status: string, items: number): void => {
    db.prepare(`INSERT INTO item_counts VALUES ('import', ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n`).run(
      status,
      items,
    );
  };
  db.prepare(`
    WITH RECURSIVE many (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM many WHERE value < 1000)
    INSERT INTO items (seq, phase, item_id, source_path, metadata, content, status, failure)
    SELECT 1000000 + value, 'import', 'many:' || value, 'many', '{}', '"x"', 'failed', ?
    FROM many`).run(failure);
  count("completed", MANY);
  count("failed", 1_000);
  db.exec("COMMIT");
  db.close();
}

describe("holdfast status", () => {
  it(
    "answers from what is counted already while a run with very many items goes on, and changes nothing",
    { tags: "soak" },
    async () => {
      await using server = await startFakeOllama({ delayMs: 3_600_000 });
      const cwd = newProject();
      const chats = writeClaudeExport(join(cwd, "chats"), 3);
      const args = ["import", chats, "--out", "notes", "--llm", "ollama:llama3.2", "--ollama-url", server.url];
      const { child, finished } = start(args, { cwd });
      await until(() => server.calls.length > 0);
      const [id = ""] = readdirSync(join(cwd, ".holdfast/sessions"));
      const folder = join(cwd, ".holdfast/sessions", id);
      await untilUnchanged(join(folder, "session.json"));
      fill(join(folder, "state.db"));
      const before = readFileSync(join(folder, "session.json"));

      const { stdout } = await holdfast(["status", id], { cwd });
      expect(stdout).toContain(`Session ${id}: running`);
      expect(stdout).toContain("201,003 items: 200,000 completed, 1,000 failed, 3 pending");
      expect(stdout).toContain("failed: 1,000 x write_note: reset");
      expect(readFileSync(join(folder, "session.json")).equals(before)).toBe(true);
      child.kill("SIGKILL");
      await finished;
    },
  );
});
