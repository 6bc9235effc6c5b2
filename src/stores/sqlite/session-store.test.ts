import { mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import type { SessionStore, StepRecord } from "../../core/storage/index.ts";
import { describeStore } from "../../../test/contracts/store/describe-store.ts";
import { item, step } from "../../../test/contracts/store/rows.ts";
import { hasSessionStore, openSessionReports, openSessionStore } from "./index.ts";

const newFile = (): string => join(mkdtempSync(join(tmpdir(), "holdfast-store-")), "state.db");

describeStore("SQLite", () => openSessionStore(newFile()));

describe("the SQLite session store", () => {
  it("gives back after it was closed what was pending", async () => {
    const file = newFile();
    {
      await using store = openSessionStore(file);
      await Promise.all(["c", "a", "b"].map((id) => store.addItem(item(id))));
      await store.recordStep(step("a", { item: { status: "pending", reviewReason: "look" } }));
    }
    await using store = openSessionStore(file);
    expect(store.pendingItems("work", 0, 5000)).toMatchObject([
      { itemId: "c", nextStep: 0, content: { id: "c" } },
      { itemId: "a", nextStep: 1, content: { done: "a" }, reviewReason: "look" },
      { itemId: "b", nextStep: 0, content: { id: "b" } },
    ]);
  });

  it("keeps a long content once, however many steps pass it on, also when the session goes on in another process", async () => {
    const file = newFile();
    const content = { text: "kelp ".repeat(20_000) };
    const passOn = (stepIndex: number): StepRecord => step("a", { stepIndex, output: { content, stepIndex } });
    {
      await using store = openSessionStore(file);
      await store.addItem(item("a", { content }));
      for (let index = 0; index < 4; index++) await store.recordStep(passOn(index));
    }
    {
      await using store = openSessionStore(file);
      for (let index = 4; index < 8; index++) await store.recordStep(passOn(index));
      expect(store.pendingItem("work", "a")).toMatchObject({ nextStep: 8, content: { content, stepIndex: 7 } });
    }
    expect(statSync(file).size).toBeLessThan(2 * content.text.length);
  });

  it("gives back what the steps made of a content that has changed", async () => {
    await using store = openSessionStore(newFile());
    const [old, newer] = ["kelp", "rock"].map((word) => ({ text: word.repeat(500) }));
    await store.addItem(item("a", { content: old }));
    await store.recordStep(step("a", { output: { was: old }, item: { status: "completed" } }));
    await store.replaceIfChanged(item("a", { content: newer }));
    expect(store.pendingItem("work", "a")).toMatchObject({ nextStep: 0, content: newer });
    await store.recordStep(step("a", { output: { is: newer, was: old } }));
    expect(store.pendingItem("work", "a")).toMatchObject({ nextStep: 1, content: { is: newer, was: old } });
  });

  it("can be read by others while it is written", async () => {
    const file = newFile();
    await using store = openSessionStore(file);
    await store.addItem(item("a"));
    await using reports = openSessionReports(file);
    expect(reports.counts("work").pending).toBe(1);
    await store.recordStep(step("a", { item: { status: "completed" } }));
    expect(reports.counts("work")).toMatchObject({ pending: 0, completed: 1 });
  });

  it("rejects every write of a batch whose commit fails, and keeps none of them", async () => {
    const file = newFile();
    await using store = openSessionStore(file);
    await store.addItem(item("a"));
    const other = new DatabaseSync(file);
    other.exec("CREATE TRIGGER full BEFORE INSERT ON steps BEGIN SELECT RAISE(ABORT, 'disk full'); END");
    const batch = [store.addItem(item("b")), store.recordStep(step("a")), store.setFact("k", "v")];
    const settled = await Promise.allSettled(batch);
    expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(settled[0]).toMatchObject({
      reason: { code: "write_failed", message: expect.stringContaining("disk full") },
    });
    expect(store.countRows("work")).toBe(1);
    expect(store.getFact("k")).toBeUndefined();
    await expect(store.addItem(item("c"))).rejects.toMatchObject({ code: "write_failed" });
    other.close();
  });

  it("brings a session of the first layout up to date when it goes on, and reads it as it is before that", async () => {
    const file = newFile();
    const before = openSessionStore(file);
    await before.addItem(item("a"));
    await before.recordStep(step("a", { item: { status: "completed", outputPath: "/a" } }));
    await before[Symbol.asyncDispose]();
    const db = new DatabaseSync(file);
    db.exec("DROP TABLE load_counts; ALTER TABLE items DROP COLUMN change");
    db.exec("ALTER TABLE steps DROP COLUMN content_at; PRAGMA user_version = 1");
    db.close();
    const completed = { statuses: ["completed"], phase: "work" } as const;
    {
      await using reports = openSessionReports(file);
      expect(reports.loads("work")).toEqual([]);
      expect(reports.endedItems(completed)).toMatchObject([{ itemId: "a", outputPath: "/a", change: undefined }]);
    }
    await using store = openSessionStore(file);
    await store.reopen({ itemIds: ["a"] });
    await store.recordStep(step("a", { item: { status: "completed", outputPath: "/a", change: "updated" } }));
    expect(store.loads("work")).toEqual([{ status: "completed", change: "updated", count: 1 }]);
    expect(store.endedItems(completed)).toMatchObject([{ itemId: "a", change: "updated" }]);
  });

  it("reads what loads did in a session of the second layout, and leaves it as it is", async () => {
    const file = newFile();
    const before = openSessionStore(file);
    await before.addItem(item("a"));
    await before.recordStep(step("a", { item: { status: "completed", outputPath: "/a", change: "created" } }));
    await before[Symbol.asyncDispose]();
    const db = new DatabaseSync(file);
    db.exec("ALTER TABLE steps DROP COLUMN content_at; PRAGMA user_version = 2");
    db.close();
    await using reports = openSessionReports(file);
    expect(reports.loads("work")).toEqual([{ status: "completed", change: "created", count: 1 }]);
    expect(reports.endedItems({ statuses: ["completed"] })).toMatchObject([{ itemId: "a", change: "created" }]);
  });

  it("knows the items that an earlier process added, and children, and takes no others for them", async () => {
    const file = newFile();
    const ids = ["a", "p", "p/1"];
    const known = (store: SessionStore): readonly string[] => [...ids, "b"].filter((id) => store.hasItem("work", id));
    {
      await using store = openSessionStore(file);
      await Promise.all([store.addItem(item("a")), store.addItem(item("p"))]);
      const fanOut = { children: [{ itemId: "p/1", content: 1 }], collectedAt: undefined, firstStep: 1 };
      await store.recordStep(step("p", { output: undefined, fanOut, item: { status: "completed" } }));
      expect(known(store)).toEqual(ids);
      await store.reopen({ itemIds: ["p"] });
      expect(known(store)).toEqual(["a", "p"]);
    }
    await using store = openSessionStore(file);
    expect(known(store)).toEqual(["a", "p"]);
  });

  it("counts the reasons of a session that was begun without an index of them", async () => {
    const file = newFile();
    {
      await using store = openSessionStore(file);
      await Promise.all(["a", "b"].map((id) => store.addItem(item(id, { status: "skipped", reason: "unchanged" }))));
      await store.addItem(item("c"));
      await store.recordStep(step("c", { item: { status: "review", reviewReason: "look" } }));
    }
    const reasons = async (): Promise<unknown> => {
      await using reports = openSessionReports(file);
      return (["skipped", "review", "pending"] as const).map((status) => reports.reasons("work", status));
    };
    const counted = await reasons();
    expect(counted).toEqual([[{ reason: "unchanged", count: 2 }], [{ reason: "look", count: 1 }], []]);
    const db = new DatabaseSync(file);
    db.exec("DROP INDEX items_by_reason");
    db.close();
    expect(await reasons()).toEqual(counted);
  });

  it("goes on with a session whose steps are kept in the order of their items", async () => {
    const file = newFile();
    {
      await using store = openSessionStore(file);
      await store.addItem(item("a"));
    }
    const db = new DatabaseSync(file);
    const table = String(db.prepare("SELECT sql FROM sqlite_schema WHERE name = 'steps'").get()?.["sql"]);
    const ordered = table.replace("UNIQUE (", "PRIMARY KEY (").replace(/STRICT$/, "STRICT, WITHOUT ROWID");
    expect(ordered).toMatch(/PRIMARY KEY.*WITHOUT ROWID$/s);
    db.exec(`DROP TABLE steps; ${ordered}`);
    db.close();
    await using store = openSessionStore(file);
    await store.recordStep(step("a"));
    expect(store.pendingItems("work", 0, 5000)).toMatchObject([{ itemId: "a", nextStep: 1, content: { done: "a" } }]);
    await store.recordStep(step("a", { stepIndex: 1, step: "second", item: { status: "completed" } }));
    expect(store.counts("work")).toMatchObject({ pending: 0, completed: 1 });
  });

  it("refuses a newer layout and a file that is no database, and says what to do", () => {
    const newer = newFile();
    const db = new DatabaseSync(newer);
    db.exec("PRAGMA user_version = 99");
    db.close();
    expect(() => openSessionStore(newer)).toThrow(expect.objectContaining({ code: "session_layout" }));
    const garbage = newFile();
    writeFileSync(garbage, "this is no database, and long enough to be sure of it".repeat(20));
    for (const open of [openSessionStore, openSessionReports, hasSessionStore]) {
      expect(() => open(garbage)).toThrow(expect.objectContaining({ code: "session_damaged" }));
    }
    const folder = mkdtempSync(join(tmpdir(), "holdfast-store-"));
    expect(() => openSessionStore(join(folder, "none", "state.db"))).toThrow(
      expect.objectContaining({ code: "session_damaged" }),
    );
  });
});
