import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect } from "vitest";
import { variants } from "../variants.ts";
import { openSqlite } from "../../src/core/files/sqlite/index.ts";

const CHARACTERS = 50_000;
const SCRIPT = join(import.meta.dirname, "fixtures", "write-much.ts");

/** Writes until it comes to a crash point. Returns the records that it was told are on the disk. */
async function writeUntil(point: string, file: string): Promise<readonly number[]> {
  const child = spawn(process.execPath, ["--no-warnings", SCRIPT, file, String(CHARACTERS)], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, HOLDFAST_CRASH_AT: point },
  });
  const [told, [, signal]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  expect(signal).toBe("SIGKILL");
  return told.split("\n").slice(0, -1).map(Number);
}

describe("a process that is killed while another thread moves pages out of its log", () => {
  variants([
    ["the first move of the second log", "timed:log-moves#3"],
    ["the first move", "timed:log-moves#1"],
    ["the move in a pause", "timed:log-moves#2"],
    ["the move in a pause of the second log", "timed:log-moves#4"],
  ])("has lost nothing of what it was told is on the disk: %s", async (_, point) => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-kill-"));
    const file = join(folder, "state.db");
    const told = await writeUntil(point, file);
    expect(told.length).toBeGreaterThan(100);
    {
      using db = openSqlite(file);
      const rows = db.prepare("SELECT key FROM facts WHERE length(value) = ?").all(CHARACTERS);
      const kept = new Set(rows.map(({ key }) => Number(String(key).slice("fact ".length))));
      expect(told.filter((n) => !kept.has(n))).toEqual([]);
      expect(db.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
    }
    rmSync(folder, { recursive: true });
  });
});
