import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import type { NewItem, StepRecord } from "../../core/index.ts";
import { openSessionReports, openSessionStore } from "./index.ts";

const newFile = (): string => join(mkdtempSync(join(tmpdir(), "holdfast-store-")), "state.db");

const item = (itemId: string, over: Partial<NewItem> = {}): NewItem => ({
  phase: "work",
  itemId,
  sourcePath: "memory",
  readBy: "read",
  metadata: {},
  content: { id: itemId },
  status: "pending",
  ...over,
});

const step = (itemId: string, over: Partial<StepRecord> = {}): StepRecord => ({
  phase: "work",
  itemId,
  stepIndex: 0,
  step: "first",
  stage: "transform",
  succeeded: true,
  output: { done: itemId },
  durationMs: 2,
  attempts: 1,
  item: { status: "pending" },
  ...over,
});

describe("the SQLite session store", () => {
  it("gives back pending items in the order in which they were added, with what their last step put out", async () => {
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

  it("pages through more pending items than fit into one page", async () => {
    await using store = openSessionStore(newFile());
    const ids = Array.from({ length: 1001 }, (_, n) => `item-${n}`);
    await Promise.all(ids.map((id) => store.addItem(item(id))));
    expect(store.pendingItems("work", 0, 5000).map(({ itemId }) => itemId)).toEqual(ids);
  });

  it("leaves an item that is known as it is", async () => {
    await using store = openSessionStore(newFile());
    await Promise.all([store.addItem(item("a")), store.addItem(item("a", { content: "other" }))]);
    expect(store.counts("work").pending).toBe(1);
    expect(store.pendingItems("work", 0, 5000)[0]?.content).toEqual({ id: "a" });
  });

  it("knows an item before it is committed", async () => {
    await using store = openSessionStore(newFile());
    const added = store.addItem(item("a"));
    expect(store.hasItem("work", "a")).toBe(true);
    expect(store.hasItem("other", "a")).toBe(false);
    await added;
  });

  it("counts what its rows hold", async () => {
    await using store = openSessionStore(newFile());
    await Promise.all(["a", "b", "c", "d"].map((id) => store.addItem(item(id))));
    await store.recordStep(step("a", { item: { status: "completed", outputPath: "/a" } }));
    await store.recordStep(step("b", { item: { status: "filtered", reason: "short" } }));
    const failure = { step: "first", kind: "input", message: "bad" } as const;
    await store.recordStep(
      step("c", {
        succeeded: false,
        output: undefined,
        attempts: 3,
        item: { status: "failed", reason: "bad", failure },
      }),
    );
    expect(store.counts("work")).toMatchObject({ pending: 1, completed: 1, filtered: 1, failed: 1 });
    expect(store.countRows("work")).toBe(4);
    expect(store.stepTotals("work").filter(({ step }) => step === "first")).toEqual([
      { step: "first", stage: "transform", processed: 2, failed: 1, attempts: 5, durationMs: 6 },
    ]);
    expect(store.reasons("work", "filtered")).toEqual([{ reason: "short", count: 1 }]);
    expect(store.endedItems({ statuses: ["failed"] })).toMatchObject([{ itemId: "c", failure }]);
    expect(store.endedItems({ statuses: ["completed"] })).toMatchObject([{ itemId: "a", outputPath: "/a" }]);
  });

  it("opens failed items again at the step that failed, under a new generation", async () => {
    await using store = openSessionStore(newFile());
    await store.addItem(item("a"));
    await store.recordStep(step("a"));
    const failure = { step: "second", kind: "transient", message: "bad" } as const;
    const failed = step("a", {
      stepIndex: 1,
      step: "second",
      succeeded: false,
      output: undefined,
      item: { status: "failed", failure },
    });
    await store.recordStep(failed);
    expect(await store.reopen({ itemIds: ["other"] })).toBe(0);
    expect(await store.reopen()).toBe(1);
    expect(store.pendingItems("work", 0, 5000)).toMatchObject([
      { itemId: "a", nextStep: 1, generation: 2, content: { done: "a" } },
    ]);
    await store.recordStep({ ...failed, succeeded: true, item: { status: "completed" } });
    expect(store.counts("work")).toMatchObject({ pending: 0, failed: 0, completed: 1 });
  });

  it("leaves elements that could not be read as they are when failed items are opened again", async () => {
    await using store = openSessionStore(newFile());
    const failure = { step: "read", kind: "input", message: "not JSON" } as const;
    await store.addItem(item("file#3", { content: undefined, status: "failed", reason: "not JSON", failure }));
    expect(await store.reopen()).toBe(0);
    expect(store.counts("work").failed).toBe(1);
  });

  it("keeps facts, the last one of a name", async () => {
    await using store = openSessionStore(newFile());
    expect(store.getFact("hash")).toBeUndefined();
    await store.setFact("hash", "one");
    await store.setFact("hash", "two");
    expect(store.getFact("hash")).toBe("two");
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

  it("refuses a newer layout and a file that is no database, and says what to do", () => {
    const newer = newFile();
    const db = new DatabaseSync(newer);
    db.exec("PRAGMA user_version = 99");
    db.close();
    expect(() => openSessionStore(newer)).toThrow(expect.objectContaining({ code: "session_layout" }));
    const folder = mkdtempSync(join(tmpdir(), "holdfast-store-"));
    expect(() => openSessionStore(join(folder, "none", "state.db"))).toThrow(
      expect.objectContaining({ code: "session_damaged" }),
    );
  });
});
