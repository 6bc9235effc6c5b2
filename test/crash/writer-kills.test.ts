import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect } from "vitest";
import { variants } from "../variants.ts";
import { openSqlite } from "../../src/core/files/sqlite/index.ts";

const CHARACTERS = 50_000;
const SCRIPT = join(import.meta.dirname, "fixtures", "write-much.ts");

interface Kill {
  /** The crash point that it comes to. */
  readonly at?: string;
  /** How many records it was told are on the disk when it is killed from outside, wherever it is then. */
  readonly afterRecords?: number;
}

/** Writes until it is killed. Returns the records that it was told are on the disk. */
async function writeUntil({ at = "", afterRecords = Infinity }: Kill, file: string, threadFromBytes: number) {
  const child = spawn(process.execPath, ["--no-warnings", SCRIPT, file, String(CHARACTERS), String(threadFromBytes)], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, HOLDFAST_CRASH_AT: at },
  });
  const exit = once(child, "exit");
  const told: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    // The last line may be cut off.
    if (line.endsWith(".")) told.push(Number(line.slice(0, -1)));
    if (told.length === afterRecords) child.kill("SIGKILL");
  }
  const [, signal] = await exit;
  expect(signal).toBe("SIGKILL");
  return told;
}

/** From how many bytes on a thread writes: at once, in the middle, never. */
const [AT_ONCE, LATER, NEVER] = [0, 10_000_000, 1e12];

describe("a process that is killed while it writes", () => {
  variants<[what: string, kill: Kill, threadFromBytes: number]>([
    ["in a transaction of its thread", { at: "timed:transaction#12" }, AT_ONCE],
    ["in the first transaction of its thread", { at: "timed:transaction#1" }, AT_ONCE],
    ["after a transaction of its thread, before it is told", { at: "timed:transaction:done#13" }, AT_ONCE],
    ["in a transaction without a thread", { at: "timed:transaction#12" }, NEVER],
    ["after a transaction without a thread", { at: "timed:transaction:done#13" }, NEVER],
    ["around the moment when the thread takes over", { afterRecords: 230 }, LATER],
    ...Array.from(
      { length: 12 },
      (_, n) =>
        ["while pages leave the log, or nearly", { afterRecords: 160 + 7 * n }, AT_ONCE] as [string, Kill, number],
    ),
  ])("has lost nothing of what it was told is on the disk: %s", async (_, kill, threadFromBytes) => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-kill-"));
    const file = join(folder, "state.db");
    const told = await writeUntil(kill, file, threadFromBytes);
    if (kill.afterRecords !== undefined) expect(told.length).toBeGreaterThanOrEqual(kill.afterRecords);
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
