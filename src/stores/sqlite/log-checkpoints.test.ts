import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { identityOf } from "../../core/files/index.ts";
import { openSqlite } from "../../core/files/sqlite/index.ts";
import { checkpointInThread, checkpointLog, startLogThread, type LogMover } from "./log-checkpoints.ts";
import { openDatabase } from "./schema.ts";

/** A mover that ends each move when the test says so. */
function slowMover() {
  const moves: PromiseWithResolvers<{ readonly pages: number; readonly moved: number }>[] = [];
  const mover: LogMover = {
    move() {
      const move = Promise.withResolvers<{ readonly pages: number; readonly moved: number }>();
      moves.push(move);
      return move.promise;
    },
    [Symbol.asyncDispose]: async () => {},
  };
  return { mover, moves };
}

const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const MB = 1_000_000;

describe("the log of a session", () => {
  it("is moved beside the commits, and what came meanwhile in a pause between two of them", async () => {
    const { mover, moves } = slowMover();
    let bytes = 1 * MB;
    const log = checkpointLog({ bytes: () => bytes, startMover: () => mover, onGiveUp: () => {} });
    log.committed(100);
    expect(moves).toHaveLength(0);
    bytes = 9 * MB;
    log.committed(9_900);
    log.committed(100);
    expect(moves).toHaveLength(1);
    expect(log.paused).toBeUndefined();
    moves[0]?.resolve({ pages: 2_000, moved: 2_000 });
    await later();
    expect(moves).toHaveLength(2);
    expect(log.paused).toBeInstanceOf(Promise);
    moves[1]?.resolve({ pages: 2_020, moved: 2_020 });
    await log.paused;
    expect(log.paused).toBeUndefined();
    await later();
    // Its file stays as large as it is: from here on as many records as filled it before say when it is full again.
    log.committed(9_000);
    expect(moves).toHaveLength(2);
    log.committed(1_100);
    expect(moves).toHaveLength(3);
  });

  it("is not moved after each commit while a reader of another process keeps its pages there", async () => {
    let [pages, bytes, moves] = [0, 1 * MB, 0];
    const mover: LogMover = {
      async move() {
        moves += 1;
        return { pages, moved: 1_900 };
      },
      [Symbol.asyncDispose]: async () => {},
    };
    const log = checkpointLog({ bytes: () => bytes, startMover: () => mover, onGiveUp: () => {} });
    // Twenty times as much as a log is moved at.
    for (let commit = 0; commit < 400; commit += 1) {
      pages += 100;
      bytes = Math.max(bytes, pages * 4_120);
      log.committed(500);
      while (log.paused) await log.paused;
      await later();
      await later();
    }
    // Two each time.
    expect(moves).toBeLessThanOrEqual(2 * 20 + 2);
    expect(moves).toBeGreaterThan(2 * 10);
  });

  it("is left to SQLite when its pages cannot be moved, and nothing stays paused", async () => {
    const { mover, moves } = slowMover();
    let gaveUp = 0;
    const log = checkpointLog({ bytes: () => 9 * MB, startMover: () => mover, onGiveUp: () => (gaveUp += 1) });
    log.committed(1);
    moves[0]?.resolve({ pages: 2_000, moved: 2_000 });
    await later();
    moves[1]?.reject(new Error("disk I/O error"));
    await later();
    await later();
    expect(log.paused).toBeUndefined();
    expect(gaveUp).toBe(1);
    log.committed(1);
    expect(moves).toHaveLength(2);
    await log[Symbol.asyncDispose]();
  });

  it("is begun anew in a real database, and its thread ends before the last connection closes", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "holdfast-log-")), "state.db");
    const db = openDatabase(file, { readOnly: false });
    const bytes = (): number => statSync(`${file}-wal`).size;
    db.exec("PRAGMA wal_autocheckpoint = 0");
    let moves = 0;
    const startMover = (): LogMover => {
      const thread = startLogThread({ file, identity: identityOf(file) });
      return { ...thread, move: () => thread.move().finally(() => (moves += 1)) };
    };
    const log = checkpointLog({ bytes, startMover, onGiveUp: () => {} });
    const insert = db.prepare("INSERT INTO facts VALUES (?, ?)");
    const text = "x".repeat(100_000);
    let rows = 0;
    const writeMb = (count: number): void => {
      for (let n = 0; n < 10 * count; n += 1) insert.run(`fact ${rows++}`, text);
    };
    writeMb(9);
    log.committed(rows);
    // What is committed beside the first move is left for the second one.
    writeMb(1);
    log.committed(10);
    while (moves < 2) await later();
    const full = bytes();
    writeMb(8);
    expect(bytes()).toBe(full);
    await log[Symbol.asyncDispose]();
    db.close();
    expect(existsSync(`${file}-wal`)).toBe(false);
    using again = openSqlite(file, { readOnly: true });
    expect(again.prepare("SELECT count(*) AS n, min(length(value)) AS least FROM facts").get()).toEqual({
      n: rows,
      least: 100_000,
    });
  });

  it.each<[string, (file: string) => void]>([
    ["is gone", () => {}],
    ["is another one", (file) => writeFileSync(file, "")],
  ])("is not touched by a thread where the database at its place %s", async (_what, replace) => {
    const file = join(mkdtempSync(join(tmpdir(), "holdfast-log-")), "state.db");
    using db = openDatabase(file, { readOnly: false });
    const log = checkpointInThread(db, { file, bytes: () => 9 * MB });
    db.prepare("INSERT INTO facts VALUES (?, ?)").run("kept", "x".repeat(100_000));
    const { size } = statSync(`${file}-wal`);
    renameSync(file, `${file}.moved`);
    replace(file);
    const wasThere = existsSync(file);
    log.committed(1);
    await log[Symbol.asyncDispose]();
    expect(existsSync(file)).toBe(wasThere);
    expect(statSync(`${file}-wal`).size).toBe(size);
    expect(db.prepare("PRAGMA wal_autocheckpoint").get()).toEqual({ wal_autocheckpoint: 1000 });
  });

  it("is left to SQLite where no thread can be started", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "holdfast-log-")), "state.db");
    using db = openDatabase(file, { readOnly: false });
    const log = checkpointInThread(db, { file: join(file, "nothing.db"), bytes: () => 9 * MB });
    expect(db.prepare("PRAGMA wal_autocheckpoint").get()).toEqual({ wal_autocheckpoint: 0 });
    log.committed(1);
    await log[Symbol.asyncDispose]();
    expect(db.prepare("PRAGMA wal_autocheckpoint").get()).toEqual({ wal_autocheckpoint: 1000 });
  });

  // Windows lets nobody remove a file that is open.
  it.skipIf(process.platform === "win32").each<[what: string, change: (file: string) => void]>([
    ["removed", (file) => rmSync(file)],
    ["replaced", (file) => copyFileSync(file, `${file}.old`) ?? renameSync(`${file}.old`, file)],
  ])("is left to SQLite when the database was %s meanwhile, and not moved into another one", async (_, change) => {
    const file = join(mkdtempSync(join(tmpdir(), "holdfast-log-")), "state.db");
    using db = openDatabase(file, { readOnly: false });
    const log = checkpointInThread(db, { file, bytes: () => 9 * MB });
    db.exec("INSERT INTO facts VALUES ('a', 'b')");
    change(file);
    const before = existsSync(file) && readFileSync(file).toString("base64");
    log.committed(1);
    await log[Symbol.asyncDispose]();
    expect(existsSync(file) && readFileSync(file).toString("base64")).toBe(before);
    expect(db.prepare("PRAGMA wal_autocheckpoint").get()).toEqual({ wal_autocheckpoint: 1000 });
  });
});
