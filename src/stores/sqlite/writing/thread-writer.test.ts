import { copyFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { openSqlite } from "../../../core/files/sqlite/index.ts";
import { openDatabase } from "../schema.ts";
import { startThreadWriter } from "./thread-writer.ts";
import type { WriteData } from "./writes.ts";

function newDatabase() {
  const file = join(mkdtempSync(join(tmpdir(), "holdfast-writer-")), "state.db");
  const db = openDatabase(file, { readOnly: false });
  const facts = (): readonly unknown[] =>
    db
      .prepare("SELECT key FROM facts ORDER BY key")
      .all()
      .map(({ key }) => key);
  return { file, db, facts };
}

const fact = (key: string, value = ""): WriteData => ["fact", key, value];
const usage = { calls: 1, inputTokens: 1, outputTokens: 1, callsOfUnknownTokens: 0, cost: 0, callsOfUnknownCost: 0 };

/** The threads that are started then fail there. */
const failAt = (point: string): void => void (process.env["HOLDFAST_FAIL_AT"] = point);
afterEach(() => void delete process.env["HOLDFAST_FAIL_AT"]);

describe("a thread that writes a session's records", () => {
  it("writes group by group, says what each write came to, and leaves no log behind", async () => {
    const { file, db, facts } = newDatabase();
    const writer = startThreadWriter(file);
    const first = writer.write([fact("a"), ["run-begins"], fact("b")]);
    const second = writer.write([["reopen", {}, undefined]]);
    expect(writer.paused).toBeInstanceOf(Promise);
    expect(await first).toEqual([undefined, { poisoned: [], watched: [], run: 1 }, undefined]);
    expect(await second).toEqual([0]);
    await writer.paused;
    expect(writer.paused).toBeUndefined();
    expect(facts()).toEqual(["a", "b", "run"]);
    await writer[Symbol.asyncDispose]();
    db.close();
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  it("has everything on the disk when a flush returns, and settles after it", async () => {
    const { file, db, facts } = newDatabase();
    await using writer = startThreadWriter(file);
    await writer.opened;
    const settled: string[] = [];
    for (const key of ["a", "b", "c"]) void writer.write([fact(key)]).then(() => settled.push(key));
    writer.flush();
    expect(facts()).toEqual(["a", "b", "c"]);
    expect(settled).toEqual([]);
    await writer.write([fact("d")]);
    expect(settled).toEqual(["a", "b", "c"]);
    db.close();
  });

  it("keeps the log short, whatever is written", async () => {
    const { file, db, facts } = newDatabase();
    await using writer = startThreadWriter(file);
    const text = "x".repeat(100_000);
    for (let n = 0; n < 400; n += 10) {
      await writer.write(Array.from({ length: 10 }, (_, index) => fact(`fact ${n + index}`, text)));
    }
    // It begins anew from 8 MB on, after the commit that made it so long.
    expect(statSync(`${file}-wal`).size).toBeLessThan(12_000_000);
    expect(facts()).toHaveLength(400);
    db.close();
  });

  it.each<[what: string, begin: (db: ReturnType<typeof openSqlite>) => void, cause: object]>([
    [
      "what SQLite refuses",
      (db) => db.exec("CREATE TRIGGER no BEFORE INSERT ON step_totals BEGIN SELECT RAISE(ABORT, 'mine'); END"),
      { message: expect.stringContaining("mine"), code: "ERR_SQLITE_ERROR", errcode: 1811 },
    ],
    [
      "a full disk",
      () => failAt("timed:transaction#2"),
      { message: expect.stringContaining("no space left"), code: "ENOSPC", errcode: 13 },
    ],
  ])("rejects a group and all later ones by %s, and keeps those before", async (_, begin, cause) => {
    const { file, db, facts } = newDatabase();
    begin(db);
    await using writer = startThreadWriter(file);
    const groups: readonly (readonly WriteData[])[] = [
      [fact("a")],
      [fact("b"), ["usage", { phase: "work", step: "ask", stage: "transform" }, usage]],
      [fact("c")],
    ];
    const settled = await Promise.allSettled(groups.map((group) => writer.write(group)));
    expect(settled).toMatchObject([
      { status: "fulfilled" },
      { status: "rejected", reason: cause },
      { status: "rejected", reason: cause },
    ]);
    expect(facts()).toEqual(["a"]);
    db.close();
  });

  it("says at a flush that it does not answer, when another program keeps the database locked", async () => {
    const { file, db, facts } = newDatabase();
    await using writer = startThreadWriter(file, 50);
    await writer.opened;
    db.exec("BEGIN IMMEDIATE");
    const written = writer.write([fact("a")]);
    expect(() => writer.flush()).toThrow("may be missing");
    db.exec("ROLLBACK");
    await written;
    expect(facts()).toEqual(["a"]);
    db.close();
  });

  it("rejects what it was given when it dies, and whatever follows", async () => {
    const { file, db } = newDatabase();
    await using writer = startThreadWriter(file);
    await writer.opened;
    // No group at all: the thread does not survive that.
    const written = [writer.write(7 as unknown as WriteData[]), writer.write([fact("a")])];
    const settled = await Promise.allSettled(written);
    const died = { status: "rejected", reason: { name: "TypeError" } };
    expect(settled).toMatchObject([died, died]);
    await expect(writer.write([fact("b")])).rejects.toBeInstanceOf(TypeError);
    expect(() => writer.flush()).toThrow(TypeError);
    db.close();
  });

  it("ends a flush when it dies meanwhile", async () => {
    const { file, db } = newDatabase();
    await using writer = startThreadWriter(file, 600_000);
    await writer.opened;
    const written = writer.write(7 as unknown as WriteData[]);
    expect(() => writer.flush()).toThrow("has ended: the last records may be missing");
    await expect(written).rejects.toBeInstanceOf(TypeError);
    db.close();
  });

  // Windows lets nobody remove a file that is open.
  it.skipIf(process.platform === "win32").each<[what: string, change: (file: string) => void]>([
    ["removed", (file) => rmSync(file)],
    ["replaced", (file) => copyFileSync(file, `${file}.old`) ?? renameSync(`${file}.old`, file)],
  ])("does not open where the database was %s, and touches nothing", async (_, change) => {
    const { file, db } = newDatabase();
    const writer = startThreadWriter(file);
    change(file);
    const before = existsSync(file) && readFileSync(file).toString("base64");
    await expect(writer.opened).rejects.toThrow("not at its place");
    await expect(writer.write([fact("a")])).rejects.toThrow("not at its place");
    await writer[Symbol.asyncDispose]();
    expect(existsSync(file) && readFileSync(file).toString("base64")).toBe(before);
    db.close();
  });
});
