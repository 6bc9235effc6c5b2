import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NO_USAGE } from "../../../core/model/index.ts";
import type { FailureKind } from "../../../core/failure/index.ts";
import type { ItemReports, NewItem } from "../../../core/storage/index.ts";
import { openItemReports, openSessionStore } from "../index.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-items-"));
  file = join(folder, "state.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

const item = (itemId: string, more: Partial<NewItem> = {}): NewItem => ({
  phase: "work",
  itemId,
  sourcePath: "docs.jsonl",
  metadata: { title: "Kelp" },
  readBy: "read",
  content: { text: "Kelp." },
  status: "pending",
  ...more,
});

const failed = (itemId: string, kind: FailureKind, more: Partial<NewItem> = {}): NewItem =>
  item(itemId, {
    status: "failed",
    reason: "no",
    failure: { step: "ask", kind, message: `${itemId} failed` },
    ...more,
  });

async function withItems<T>(items: readonly NewItem[], look: (reports: ItemReports) => T): Promise<T> {
  {
    await using store = openSessionStore(file);
    await Promise.all(items.map((one) => store.addItem(one)));
  }
  await using reports = openItemReports(file);
  return look(reports);
}

describe("item reports", () => {
  it("give the failed items in order, and say which of them have content to go on with", async () => {
    const items = [failed("b", "transient"), item("ok"), failed("a", "input", { content: undefined })];
    const found = await withItems(items, (reports) => [...reports.failedItems()]);
    expect(found).toEqual([
      {
        phase: "work",
        itemId: "b",
        sourcePath: "docs.jsonl",
        failure: { step: "ask", kind: "transient", message: "b failed" },
        hasContent: true,
      },
      expect.objectContaining({ itemId: "a", hasContent: false }),
    ]);
  });

  it.each([
    ["of a kind", { kinds: ["transient"] }, ["a", "c"]],
    ["of several kinds", { kinds: ["transient", "bug"] }, ["a", "b", "c"]],
    ["of these ids", { itemIds: ["a", "d", "nothing"] }, ["a", "d"]],
    ["of both", { itemIds: ["a", "d"], kinds: ["transient"] }, ["a"]],
    ["of no kind", { kinds: [] }, []],
    ["of a later phase too", {}, ["a", "b", "c", "d"]],
  ] as const)("give the failed items %s", async (_, query, ids) => {
    const items = [
      failed("a", "transient"),
      failed("b", "bug"),
      failed("d", "input", { phase: "later" }),
      failed("c", "transient"),
    ];
    const found = await withItems(items, (reports) => [...reports.failedItems(query)]);
    expect(found.map(({ itemId }) => itemId).toSorted()).toEqual(ids);
  });

  it("tell of one item with its steps", async () => {
    {
      await using store = openSessionStore(file);
      await store.addItem(item("a"));
      const record = { phase: "work", itemId: "a", stage: "transform", durationMs: 5, attempts: 2 } as const;
      await store.recordStep({
        ...record,
        stepIndex: 0,
        step: "look",
        succeeded: true,
        output: 1,
        item: { status: "pending" },
      });
      const failure = { step: "ask", kind: "answer", message: "empty" } as const;
      await store.recordStep({
        ...record,
        stepIndex: 1,
        step: "ask",
        succeeded: false,
        output: undefined,
        item: { status: "failed", reason: "empty", failure },
      });
    }
    await using reports = openItemReports(file);
    expect(reports.item({ phase: "work", itemId: "a" })).toEqual({
      phase: "work",
      itemId: "a",
      sourcePath: "docs.jsonl",
      status: "failed",
      currentStep: "ask",
      reason: "empty",
      error: "empty",
      metadata: { title: "Kelp" },
      generation: 1,
      failure: { step: "ask", kind: "answer", message: "empty" },
      hasContent: true,
      openChildren: 0,
      steps: [
        { step: "look", generation: 1, success: true, attempts: 2, durationMs: 5, itemsProcessed: 1, itemsFailed: 0 },
        { step: "ask", generation: 1, success: false, attempts: 2, durationMs: 5, itemsProcessed: 1, itemsFailed: 1 },
      ],
    });
    expect(reports.item({ phase: "other", itemId: "a" })).toBeUndefined();
  });

  it("add up what the steps of an item and of its parts took", async () => {
    const usage = { ...NO_USAGE, calls: 1, inputTokens: 30, outputTokens: 7, cost: 0.5 };
    {
      await using store = openSessionStore(file);
      await store.addItem(item("a"));
      await store.addItem(item("b"));
      const record = { phase: "work", stage: "transform", durationMs: 5, succeeded: true, output: undefined } as const;
      await store.recordStep({
        ...record,
        itemId: "a",
        stepIndex: 0,
        step: "split",
        attempts: 1,
        fanOut: { collectedAt: 2, firstStep: 1, children: [{ itemId: "a/1", content: 1, contentText: "1" }] },
        item: { status: "pending" },
      });
      await store.recordStep({
        ...record,
        itemId: "a/1",
        stepIndex: 1,
        step: "ask",
        attempts: 2,
        output: 1,
        usage,
        item: { status: "completed" },
      });
      await store.recordStep({
        ...record,
        itemId: "b",
        stepIndex: 1,
        step: "ask",
        attempts: 0,
        output: 1,
        item: { status: "pending" },
      });
    }
    await using reports = openItemReports(file);
    expect(reports.workOf({ phase: "work", itemId: "a" })).toEqual([
      { step: "split", attempts: 1, durationMs: 5, usage: undefined },
      { step: "ask", attempts: 2, durationMs: 5, usage },
    ]);
    expect(reports.workOf({ phase: "work", itemId: "b" })).toMatchObject([{ attempts: 0 }]);
    expect(reports.workOf({ phase: "other", itemId: "a" })).toEqual([]);
  });

  it.each([
    ["kelp", ["kelp", "kelp:1", "my-kelp"]],
    ["kelp:", ["kelp:1"]],
    ["%", ["100%"]],
    ["_", ["a_b"]],
    [String.raw`\ `.trim(), [String.raw`back\slash`]],
    ["nothing", []],
  ])("find items by %j: the same id first, then those that begin with it", async (text, ids) => {
    const items = ["my-kelp", "kelp:1", "kelp", "100%", "a_b", String.raw`back\slash`].map((id) => item(id));
    const found = await withItems(items, (reports) => reports.searchItems(text, 10));
    expect(found.map(({ itemId }) => itemId)).toEqual(ids);
  });

  it("find no more items than asked for", async () => {
    const items = Array.from({ length: 20 }, (_, n) => item(`kelp ${n}`));
    expect(await withItems(items, (reports) => reports.searchItems("kelp", 3))).toHaveLength(3);
  });
});
