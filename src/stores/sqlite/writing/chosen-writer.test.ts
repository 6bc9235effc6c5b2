import { mkdtempSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { item, step } from "../../../../test/contracts/store/rows.ts";
import { runs } from "../../../../test/runs.ts";
import { openSessionStore } from "../index.ts";

const newFile = (): string => join(mkdtempSync(join(tmpdir(), "holdfast-chosen-")), "state.db");

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a session whose records are written here at first and in a thread later", () => {
  it("keeps all of them, and settles them in their order, whenever the thread takes over and whatever comes meanwhile", async () => {
    const event = fc.oneof(
      { weight: 6, arbitrary: fc.constant("item" as const) },
      { weight: 2, arbitrary: fc.constant("turn" as const) },
      { weight: 1, arbitrary: fc.constant("flush" as const) },
      { weight: 1, arbitrary: fc.constant("settle" as const) },
      { weight: 1, arbitrary: fc.constant("reopen" as const) },
    );
    const threadFromBytes = fc.constantFrom(0, 1, 60_000, 200_000);
    await fc.assert(
      fc.asyncProperty(threadFromBytes, fc.array(event, { minLength: 20, maxLength: 120 }), async (from, events) => {
        const file = newFile();
        const ids: string[] = [];
        const settled: string[] = [];
        {
          await using store = openSessionStore(file, { threadFromBytes: from });
          let last: Promise<unknown> = Promise.resolve();
          for (const what of events) {
            if (what === "turn") await turn();
            else if (what === "settle") await last;
            else if (what === "flush") store.flush();
            else if (what === "reopen") last = store.reopen();
            else {
              const id = `item-${ids.length}`;
              ids.push(id);
              const added = store.addItem(item(id));
              last = store.recordStep(step(id)).then(() => settled.push(id));
              await Promise.all([turn(), added].slice(0, ids.length % 3));
              expect(store.hasItem("work", id)).toBe(true);
            }
          }
        }
        expect(settled).toEqual(ids);
        await using store = openSessionStore(file);
        const pending = store.pendingItems("work", 0, 1000);
        expect(pending.map(({ itemId, nextStep }) => `${itemId} ${nextStep}`)).toEqual(ids.map((id) => `${id} 1`));
        expect(store.counts("work").pending).toBe(ids.length);
        expect(store.stepTotals("work").reduce((sum, { processed }) => sum + processed, 0)).toBe(2 * ids.length);
      }),
      { numRuns: runs(8) },
    );
  });

  it.each([
    ["here", 1e12, "kept"],
    ["in the thread", 0, "lost"],
  ])("says that the disk is full as it is where it writes: %s", async (_, threadFromBytes, becomes) => {
    // Threads that are started from here on look at it: this one has done so already.
    process.env["HOLDFAST_FAIL_AT"] = "timed:transaction#1";
    try {
      await using store = openSessionStore(newFile(), { threadFromBytes });
      const [added] = await Promise.allSettled([store.addItem(item("a"))]);
      const full = {
        code: "write_failed",
        message: expect.stringContaining("the disk is full"),
        hint: expect.any(String),
      };
      expect(added).toMatchObject(becomes === "kept" ? { status: "fulfilled" } : { status: "rejected", reason: full });
    } finally {
      delete process.env["HOLDFAST_FAIL_AT"];
    }
  });

  // Windows lets nobody move a file that is open.
  it.skipIf(process.platform === "win32")("goes on without a thread where none can be started", async () => {
    const file = newFile();
    {
      await using store = openSessionStore(file, { threadFromBytes: 0 });
      renameSync(file, `${file}.moved`);
      await Promise.all(["a", "b"].map((id) => store.addItem(item(id))));
      await store.recordStep(step("a", { item: { status: "completed" } }));
      expect(store.counts("work")).toMatchObject({ pending: 1, completed: 1 });
      renameSync(`${file}.moved`, file);
    }
    await using store = openSessionStore(file);
    expect(store.counts("work")).toMatchObject({ pending: 1, completed: 1 });
  });

  it("goes on without a thread in memory, where there is nothing that two connections could share", async () => {
    await using store = openSessionStore(":memory:", { threadFromBytes: 0 });
    await store.addItem(item("a"));
    expect(store.counts("work").pending).toBe(1);
  });

  it.each([
    ["here", 1e12],
    ["in a thread", 0],
  ])("rejects what comes after it was closed: %s", async (_, threadFromBytes) => {
    const store = openSessionStore(newFile(), { threadFromBytes });
    await store.addItem(item("a"));
    await store[Symbol.asyncDispose]();
    await expect(store.setFact("late", "")).rejects.toMatchObject({ code: "write_failed" });
  });

  it("waits for the thread when it is closed while that starts", async () => {
    const file = newFile();
    const store = openSessionStore(file, { threadFromBytes: 1 });
    const added = store.addItem(item("a"));
    store.flush();
    await store[Symbol.asyncDispose]();
    await added;
    await using again = openSessionStore(file);
    expect(again.counts("work").pending).toBe(1);
  });
});
