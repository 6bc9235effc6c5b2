import { existsSync, mkdtempSync, renameSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openSqlite } from "../../core/files/sqlite/index.ts";
import { openDatabase } from "./schema.ts";
import { syncsInBackground } from "./write-ahead-log.ts";

const synchronous = (db: ReturnType<typeof openSqlite>): unknown => db.prepare("PRAGMA synchronous").get();

describe("a database whose log is synced in the background", () => {
  it("has its commits in that log, and waits for no disk in them", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "holdfast-log-")), "state.db");
    using db = openDatabase(file, { readOnly: false });
    const disk = syncsInBackground(db);
    expect(synchronous(db)).toEqual({ synchronous: 1 });
    const before = statSync(`${file}-wal`).size;
    db.exec("INSERT INTO facts VALUES ('key', 'value')");
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(before);
    await disk.sync();
    disk.syncNow();
    disk.close();
  });

  it("has one from the first moment, also where an older version had none", () => {
    const file = join(mkdtempSync(join(tmpdir(), "holdfast-log-")), "state.db");
    {
      using older = openDatabase(file, { readOnly: false });
      older.exec("PRAGMA journal_mode = DELETE");
    }
    using db = openDatabase(file, { readOnly: false });
    syncsInBackground(db).close();
    expect(existsSync(`${file}-wal`)).toBe(true);
  });

  it.skipIf(process.platform === "win32")("has one beside the database that a link leads to", async () => {
    const [folder, elsewhere] = ["log", "disk"].map((name) => mkdtempSync(join(tmpdir(), `holdfast-${name}-`)));
    const file = join(folder ?? "", "state.db");
    const moved = join(elsewhere ?? "", "state.db");
    openDatabase(file, { readOnly: false }).close();
    renameSync(file, moved);
    symlinkSync(moved, file);
    using db = openDatabase(file, { readOnly: false });
    const disk = syncsInBackground(db);
    db.exec("INSERT INTO facts VALUES ('key', 'value')");
    await disk.sync();
    disk.close();
    expect(existsSync(`${moved}-wal`)).toBe(true);
  });

  it("says when the disk failed", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "holdfast-log-")), "state.db");
    using db = openDatabase(file, { readOnly: false });
    const disk = syncsInBackground(db);
    disk.close();
    await expect(disk.sync()).rejects.toMatchObject({ code: "EBADF" });
    expect(() => disk.syncNow()).toThrow("EBADF");
  });

  it("says which file may not be written, and what is safe", () => {
    const file = join(mkdtempSync(join(tmpdir(), "holdfast-log-")), "state.db");
    using db = openDatabase(file, { readOnly: false });
    db.exec("INSERT INTO facts VALUES ('key', 'value')");
    rmSync(`${file}-wal`);
    expect(() => syncsInBackground(db)).toThrow(
      expect.objectContaining({
        code: "write_failed",
        message: expect.stringContaining(`${file}-wal`),
        hint: expect.stringContaining("What was committed before is safe"),
      }),
    );
  });

  it("waits in each commit where it has no such log", async () => {
    using db = openSqlite(":memory:");
    db.exec("PRAGMA synchronous = FULL");
    const disk = syncsInBackground(db);
    expect(synchronous(db)).toEqual({ synchronous: 2 });
    await disk.sync();
    disk.close();
  });
});
