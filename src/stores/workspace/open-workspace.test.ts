import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { oneFile } from "../../../test/one-file.ts";
import { explainFaults } from "./faults.ts";
import { openWorkspace, readWorkspace } from "./index.ts";
import { openDatabase } from "./schema.ts";
import { sqliteCache } from "./sqlite-cache.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-workspace-"));
  file = join(folder, "workspace.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

const note = { target: "/notes", sourceId: "claude:1", contentHash: "c", path: "Kelp.md", pendingHash: "p" };

interface Ended {
  readonly signal: string | null;
  readonly printed: string;
}

const writeLedger = oneFile(new URL("./fixtures/write-ledger.ts", import.meta.url));

/** Another process that writes to the workspace. */
function writer(name: string, count: number, ...more: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, ["--no-warnings", writeLedger, folder, name, String(count), ...more], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.on("data", (data) => (printed += String(data)));
  return new Promise((resolve) => child.on("close", (_, signal) => resolve({ signal, printed: printed.trim() })));
}

/** Enough rows that the database has pages to lose. */
function fill(): void {
  const workspace = openWorkspace(folder);
  for (let n = 0; n < 50; n += 1) workspace.cache.set(`key ${n}`, "summarise", "x".repeat(1000));
  workspace.ledger.intend(note);
  workspace.close();
}

describe("a workspace", () => {
  test("makes its folder", () => {
    const deep = join(folder, "a", "b");
    openWorkspace(deep).close();
    expect(existsSync(join(deep, "workspace.db"))).toBe(true);
  });

  test("of the first layout is brought up to date, with all that it holds", () => {
    const old = new DatabaseSync(file);
    old.exec(`
      CREATE TABLE ledger (
        target TEXT NOT NULL, source_id TEXT NOT NULL, content_hash TEXT NOT NULL, path TEXT NOT NULL,
        folded_path TEXT NOT NULL, output_hash TEXT, pending_hash TEXT, PRIMARY KEY (target, source_id)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE cache (key TEXT PRIMARY KEY, step TEXT NOT NULL, created_at TEXT NOT NULL, output TEXT NOT NULL) STRICT;
      INSERT INTO ledger VALUES ('/notes', 'claude:1', 'c', 'Kelp.md', 'kelp.md', 'h', NULL);
      INSERT INTO cache VALUES ('key', 'summarise', '2026-01-01T00:00:00.000Z', '"answer"');
      PRAGMA user_version = 1`);
    old.close();
    openWorkspace(folder).close();
    const workspace = openWorkspace(folder);
    workspace.ledger.keep("/notes", "claude:1", "d");
    expect(workspace.ledger.find("/notes", "claude:1")).toEqual({
      target: "/notes",
      sourceId: "claude:1",
      contentHash: "c",
      path: "Kelp.md",
      outputHash: "h",
      keptHash: "d",
    });
    expect(workspace.cache.get("key")).toBe('"answer"');
    workspace.close();
  });

  test("of the layout before loads were remembered keeps its notes, and remembers loads from then on", () => {
    fill();
    const old = new DatabaseSync(file);
    old.exec("ALTER TABLE ledger DROP COLUMN load_call; ALTER TABLE ledger DROP COLUMN load_change");
    old.exec("DROP TABLE leases");
    old.exec("PRAGMA user_version = 3");
    old.close();
    const { ledger, close } = openWorkspace(folder);
    expect(ledger.find("/notes", note.sourceId)).toEqual(note);
    const load = { call: "20260119_143052/import/claude:1/write_note/1/0", change: "updated" } as const;
    ledger.intend({ ...note, load });
    expect(ledger.find("/notes", note.sourceId)).toEqual({ ...note, load });
    close();
  });

  test("of the layout before there were leases keeps its answers, and has leases from then on", async () => {
    fill();
    const old = new DatabaseSync(file);
    old.exec("DROP TABLE leases");
    old.exec("PRAGMA user_version = 4");
    old.close();
    const workspace = openWorkspace(folder);
    using leases = workspace.openLeases({ owner: "a", onFault: expect.unreachable });
    expect(workspace.cache.get("key 1")).toBeDefined();
    expect(await leases.take("key 1")).toBe("elsewhere");
    expect(await leases.take("another")).toBe("held");
    workspace.close();
  });

  test("gives the space of removed answers back to the disk", () => {
    const workspace = openWorkspace(folder);
    for (let n = 0; n < 100; n += 1) workspace.cache.set(String(n), "summarise", "x".repeat(10_000));
    workspace.cache.prune({});
    workspace.close();
    expect(statSync(file).size).toBeLessThan(100_000);
  });

  test("keeps its size when another process is busy with it while answers are removed", () => {
    const workspace = openWorkspace(folder);
    workspace.cache.set("key", "summarise", "1");
    const reader = new DatabaseSync(file);
    reader.exec("BEGIN; SELECT * FROM cache");
    expect(workspace.cache.prune({})).toEqual({ answers: 1, bytes: 1 });
    reader.close();
    workspace.close();
  });

  test("waits for other processes as long as before, once answers were removed", () => {
    for (const isBusy of [false, true]) {
      const db = openDatabase(file);
      const cache = sqliteCache(db, explainFaults(file), Date.now);
      cache.set("key", "summarise", "1");
      const reader = new DatabaseSync(file);
      if (isBusy) reader.exec("BEGIN; SELECT * FROM cache");
      cache.prune({});
      expect(db.prepare("PRAGMA busy_timeout").get()).toEqual({ timeout: 10_000 });
      reader.close();
      db.close();
    }
  });

  test("that is only looked into takes no writes", () => {
    fill();
    const workspace = readWorkspace(folder);
    const entry = workspace.ledger.find("/notes", note.sourceId);
    const writes = [
      () => workspace.ledger.intend({ ...note, contentHash: "newer" }),
      () => workspace.ledger.confirm("/notes", note.sourceId, "another"),
      () => workspace.cache.set("key", "summarise", "1"),
      () => workspace.cache.prune({}),
    ];
    for (const write of writes) expect(write).toThrow(expect.objectContaining({ code: "write_failed" }));
    expect(workspace.ledger.find("/notes", note.sourceId)).toEqual(entry);
    workspace.close();
  });

  test("is there again when it is opened again", () => {
    const first = openWorkspace(folder);
    first.ledger.intend(note);
    first.cache.set("key", "summarise", '"answer"');
    first.close();
    const second = openWorkspace(folder);
    expect(second.ledger.find("/notes", "claude:1")).toEqual(note);
    expect(second.cache.get("key")).toBe('"answer"');
    second.close();
  });

  test("can be open twice in one process", () => {
    const one = openWorkspace(folder);
    const other = openWorkspace(folder);
    one.ledger.intend(note);
    expect(other.ledger.intend({ ...note, sourceId: "claude:2" })).toBe(false);
    one.close();
    other.ledger.confirm("/notes", "claude:1");
    expect(other.ledger.find("/notes", "claude:1")).toMatchObject({ outputHash: "p" });
    other.close();
  });

  test("writes ahead in a log, and says of each answer when it was kept", () => {
    const workspace = openWorkspace(folder, { now: () => Date.UTC(2026, 0, 19, 14, 30, 52) });
    workspace.cache.set("key", "summarise", "1");
    const db = new DatabaseSync(file, { readOnly: true });
    expect(db.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
    expect(db.prepare("SELECT * FROM cache").all()).toEqual([
      { key: "key", step: "summarise", created_at: "2026-01-19T14:30:52.000Z", output: "1" },
    ]);
    db.close();
    workspace.close();
  });
});

describe("processes that share a workspace", () => {
  test("lose nothing to each other, and never get the same path", async () => {
    const ended = await Promise.all(["a", "b"].map((name) => writer(name, 150)));
    const workspace = openWorkspace(folder);
    for (const name of ["a", "b"]) {
      for (let n = 0; n < 150; n += 1) {
        expect(workspace.ledger.find("/notes", `${name}:${n}`)).toMatchObject({ outputHash: `${name}${n}` });
        expect(workspace.cache.get(`${name}:${n}`)).toBe(`${name}${n}`);
      }
    }
    workspace.close();
    expect(ended.map(({ printed }) => Number(printed)).reduce((sum, won) => sum + won)).toBe(150);
  });

  test("can all make it at once", async () => {
    rmSync(folder, { recursive: true });
    const ended = await Promise.all(["a", "b", "c", "d", "e", "f"].map((name) => writer(name, 1)));
    expect(ended.map(({ printed }) => printed).sort()).toEqual(["0", "0", "0", "0", "0", "1"]);
  });

  test("wait for the one that is making it", async () => {
    const maker = new DatabaseSync(file);
    maker.exec("BEGIN IMMEDIATE; CREATE TABLE unrelated (a)");
    const waiting = writer("a", 1);
    await sleep(500);
    maker.exec("COMMIT");
    maker.close();
    expect(await waiting).toEqual({ signal: null, printed: "1" });
  });

  test("leave everything behind that a call returned for when they are killed", async () => {
    expect(await writer("a", 20, "kill")).toEqual({ signal: "SIGKILL", printed: "20" });
    const workspace = openWorkspace(folder);
    for (let n = 0; n < 20; n += 1)
      expect(workspace.ledger.find("/notes", `a:${n}`)).toMatchObject({ outputHash: `a${n}` });
    expect(workspace.ledger.find("/contested", "a:19")).toMatchObject({ pendingHash: "a19" });
    workspace.close();
  });
});

describe("a workspace that cannot be used", () => {
  test("is refused and left alone when a newer version made it", () => {
    fill();
    const db = new DatabaseSync(file);
    db.exec("PRAGMA user_version = 6");
    db.close();
    const before = readFileSync(file);
    expect(() => openWorkspace(folder)).toThrow(
      expect.objectContaining({
        code: "session_layout",
        message: expect.stringContaining(file),
        hint: expect.stringContaining("newer"),
      }),
    );
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  const damage: readonly (readonly [what: string, spoil: () => void])[] = [
    ["is no database", () => writeFileSync(file, "<html>not a database</html>".repeat(100))],
    ["lost its end", () => truncateSync(file, 8192)],
    ["has zeros in place of pages", () => writeFileSync(file, readFileSync(file).fill(0, 4096))],
    ["has a broken header", () => writeFileSync(file, readFileSync(file).fill(1, 0, 16))],
  ];
  test.each(damage)("is called damaged by name when it %s", (_, spoil) => {
    fill();
    spoil();
    const use = (): void => {
      const workspace = openWorkspace(folder);
      try {
        workspace.ledger.find("/notes", "claude:1");
        workspace.cache.get("key 49");
      } finally {
        workspace.close();
      }
    };
    expect(use).toThrow(
      expect.objectContaining({
        code: "session_damaged",
        message: expect.stringContaining(file),
        hint: expect.stringContaining("away"),
      }),
    );
  });

  test("says so when a file stands where its folder should be", () => {
    const path = join(folder, "file");
    writeFileSync(path, "");
    expect(() => openWorkspace(path)).toThrow(
      expect.objectContaining({ code: "write_failed", message: expect.stringContaining(path) }),
    );
  });

  test("says so when a folder stands where its file should be", () => {
    mkdirSync(file);
    expect(() => openWorkspace(folder)).toThrow(
      expect.objectContaining({ code: "write_failed", message: expect.stringContaining(file) }),
    );
  });
});
