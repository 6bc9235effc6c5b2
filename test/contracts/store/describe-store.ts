import { describe, expect, it } from "vitest";
import type { SessionStore, StepRecord } from "../../../src/core/storage/index.ts";
import { item, step } from "./rows.ts";

/**
 * What a session's store owes the runner, as tests for vitest: give it a name and a way to open a new, empty store. What
 * it cannot know is how a store survives a crash; test that beside it.
 */
export function describeStore(name: string, open: () => SessionStore): void {
  describe(`${name}, as a session's store,`, () => {
    it("gives back pending items in the order in which they were added, with what their last step put out", async () => {
      await using store = open();
      await Promise.all(["c", "a", "b"].map((id) => store.addItem(item(id))));
      await store.recordStep(step("a", { item: { status: "pending", reviewReason: "look" } }));
      expect(store.pendingItems("work", 0, 10)).toMatchObject([
        { itemId: "c", nextStep: 0, content: { id: "c" } },
        { itemId: "a", nextStep: 1, content: { done: "a" }, reviewReason: "look" },
        { itemId: "b", nextStep: 0, content: { id: "b" } },
      ]);
    });

    it("pages through more pending items than fit into one page", async () => {
      await using store = open();
      const ids = Array.from({ length: 1001 }, (_, n) => `item-${n}`);
      await Promise.all(ids.map((id) => store.addItem(item(id))));
      expect(store.pendingItems("work", 0, 5000).map(({ itemId }) => itemId)).toEqual(ids);
    });

    it("leaves an item that is known as it is", async () => {
      await using store = open();
      await Promise.all([store.addItem(item("a")), store.addItem(item("a", { content: "other" }))]);
      expect(store.counts("work").pending).toBe(1);
      expect(store.pendingItems("work", 0, 5000)[0]?.content).toEqual({ id: "a" });
    });

    it("knows an item before it is committed", async () => {
      await using store = open();
      const added = store.addItem(item("a"));
      expect(store.hasItem("work", "a")).toBe(true);
      expect(store.hasItem("other", "a")).toBe(false);
      await added;
    });

    it("counts what its rows hold", async () => {
      await using store = open();
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

    it("counts what loads did by the status of their items, and forgets the load of one that is opened again", async () => {
      await using store = open();
      await Promise.all(["a", "b", "c", "d"].map((id) => store.addItem(item(id))));
      const load = (id: string, end: StepRecord["item"]): Promise<unknown> => store.recordStep(step(id, { item: end }));
      await load("a", { status: "completed", outputPath: "/a", change: "created" });
      await load("b", { status: "completed", outputPath: "/b", change: "beside" });
      await load("c", { status: "review", reviewReason: "short", outputPath: "/c", change: "created" });
      await load("d", { status: "completed", outputPath: "/d" });
      const created = { status: "completed", change: "created", count: 1 };
      const beside = { status: "completed", change: "beside", count: 1 };
      const inReview = { status: "review", change: "created", count: 1 };
      expect(new Set(store.loads("work"))).toEqual(new Set([created, beside, inReview]));
      const statuses = ["completed", "review"] as const;
      expect(store.endedItems({ statuses, changes: ["beside"] })).toMatchObject([{ itemId: "b", change: "beside" }]);
      expect(store.endedItems({ phase: "work", statuses, changes: ["created"] })).toMatchObject([
        { itemId: "a" },
        { itemId: "c" },
      ]);
      expect(store.endedItems({ statuses, changes: ["created"], limit: 1 })).toHaveLength(1);
      expect(store.endedItems({ statuses, limit: 2, offset: 1 })).toMatchObject([{ itemId: "b" }, { itemId: "c" }]);
      await store.reopen({ itemIds: ["b"] });
      expect(new Set(store.loads("work"))).toEqual(new Set([created, inReview]));
    });

    it("opens failed items again at the step that failed, under a new generation", async () => {
      await using store = open();
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
      await using store = open();
      const failure = { step: "read", kind: "input", message: "not JSON" } as const;
      await store.addItem(item("file#3", { content: undefined, status: "failed", reason: "not JSON", failure }));
      expect(await store.reopen()).toBe(0);
      expect(store.counts("work").failed).toBe(1);
    });

    it("keeps facts, the last one of a name", async () => {
      await using store = open();
      expect(store.getFact("hash")).toBeUndefined();
      await store.setFact("hash", "one");
      await store.setFact("hash", "two");
      expect(store.getFact("hash")).toBe("two");
    });

    it("gives a parent back with what its children put out, once none of them is open", async () => {
      await using store = open();
      await store.addItem(item("p"));
      const children = ["1", "2"].map((id) => ({ itemId: `p/${id}`, content: id }));
      await store.recordStep(step("p", { output: undefined, fanOut: { children, collectedAt: 2 } }));
      expect(store.pendingItems("work", 0, 10)).toMatchObject([
        { itemId: "p/1", depth: 1, nextStep: 1, content: "1" },
        { itemId: "p/2", depth: 1, nextStep: 1, content: "2" },
      ]);
      const done = (itemId: string): Promise<string | undefined> =>
        store.recordStep(step(itemId, { stepIndex: 1, output: `${itemId} done`, item: { status: "completed" } }));
      expect(await done("p/2")).toBeUndefined();
      expect(store.collectable("work")).toEqual([]);
      expect(store.countWaiting("work")).toBe(1);
      expect(await done("p/1")).toBe("p");
      expect(store.collectable("work")).toEqual(["p"]);
      expect(store.pendingItem("work", "p")).toMatchObject({
        nextStep: 2,
        collected: true,
        content: ["p/1 done", "p/2 done"],
      });
      expect(store.counts("work")).toMatchObject({ pending: 1, completed: 2 });
      expect(store.partCounts("work")).toMatchObject({ pending: 0, completed: 2 });
    });

    /** Fans `p` out into so many parts; the second step brings them together again. */
    const fanOutInto = async (store: SessionStore, count: number): Promise<readonly string[]> => {
      const ids = Array.from({ length: count }, (_, n) => `p/${n + 1}`);
      const children = ids.map((itemId) => ({ itemId, content: itemId }));
      await store.addItem(item("p"));
      await store.recordStep(step("p", { output: undefined, fanOut: { children, collectedAt: 2 } }));
      return ids;
    };
    const partDone = (store: SessionStore, itemId: string): Promise<string | undefined> =>
      store.recordStep(step(itemId, { stepIndex: 1, output: `${itemId} done`, item: { status: "completed" } }));
    const failure = { step: "second", kind: "transient", message: "bad" } as const;
    const failedStep = (itemId: string, stepIndex: number): StepRecord =>
      step(itemId, { stepIndex, succeeded: false, output: undefined, item: { status: "failed", failure } });

    it("gives a parent what its children put out in the order in which they were made", async () => {
      await using store = open();
      const ids = await fanOutInto(store, 11);
      for (const id of ids.toReversed()) await partDone(store, id);
      expect(store.pendingItem("work", "p").content).toEqual(ids.map((id) => `${id} done`));
    });

    it("lets a parent wait while a child has failed, until that one is done too", async () => {
      await using store = open();
      await fanOutInto(store, 2);
      expect(await store.recordStep(failedStep("p/1", 1))).toBeUndefined();
      expect(await partDone(store, "p/2")).toBeUndefined();
      expect(store.collectable("work")).toEqual([]);
      expect(await store.reopen()).toBe(1);
      expect(await partDone(store, "p/1")).toBe("p");
      expect(store.pendingItem("work", "p").content).toEqual(["p/1 done", "p/2 done"]);
    });

    it("collects again when the collecting failed, from the same parts", async () => {
      await using store = open();
      for (const id of await fanOutInto(store, 2)) await partDone(store, id);
      await store.recordStep(failedStep("p", 2));
      expect(await store.reopen()).toBe(1);
      expect(store.collectable("work")).toEqual(["p"]);
      expect(store.pendingItem("work", "p")).toMatchObject({
        nextStep: 2,
        collected: true,
        content: ["p/1 done", "p/2 done"],
      });
    });

    it("collects again once a part that was done is done again, and not before", async () => {
      await using store = open();
      for (const id of await fanOutInto(store, 2)) await partDone(store, id);
      await store.recordStep(step("p", { stepIndex: 2, output: "all", item: { status: "completed" } }));
      await store.reopen({ itemIds: ["p/1"] });
      expect(store.counts("work")).toMatchObject({ pending: 2, completed: 1 });
      expect(store.collectable("work")).toEqual([]);
      const again = step("p/1", { stepIndex: 1, output: "newer", item: { status: "completed" } });
      expect(await store.recordStep(again)).toBe("p");
      expect(store.pendingItem("work", "p").content).toEqual(["newer", "p/2 done"]);
    });

    it("counts children that go on for themselves as items and not as parts", async () => {
      await using store = open();
      await store.addItem(item("p"));
      const children = ["1", "2"].map((id) => ({ itemId: `p/${id}`, content: id }));
      const fanOut = { children, collectedAt: undefined };
      await store.recordStep(step("p", { output: undefined, fanOut, item: { status: "completed" } }));
      expect(store.counts("work")).toMatchObject({ pending: 2, completed: 1 });
      expect(store.partCounts("work")).toMatchObject({ pending: 0, completed: 0 });
    });

    it("gives back outputs that hold a long content of their item, wherever it stands in them", async () => {
      await using store = open();
      const long = { text: "kelp \u{1F30A} 昆布 ".repeat(500) };
      const ids = ["same", "around", "without", "new", "p"];
      await Promise.all(ids.map((id) => store.addItem(item(id, { content: long }))));
      const outputs = { same: long, around: { before: "波", chat: long, after: [1] }, without: { text: "rock" } };
      for (const [id, output] of Object.entries(outputs)) await store.recordStep(step(id, { output }));
      const children = [{ itemId: "p/1", content: { part: long } }];
      await store.recordStep(step("p", { output: undefined, fanOut: { children, collectedAt: 2 } }));
      expect(store.pendingItems("work", 0, 10).map(({ itemId, content }) => [itemId, content])).toEqual([
        ...Object.entries(outputs),
        ["new", long],
        ["p/1", { part: long }],
      ]);
      const output = { noted: { part: long } };
      await store.recordStep(step("p/1", { stepIndex: 1, output, item: { status: "completed" } }));
      expect(store.pendingItem("work", "p").content).toEqual([output]);
      await store.recordStep(step("p", { stepIndex: 2, output: { all: long } }));
      expect(store.pendingItem("work", "p").content).toEqual({ all: long });
    });

    it("gives up an item whose call was under way at five crashes, and no other", async () => {
      await using store = open();
      await store.beginRun();
      const ids = ["bad", "good", "waits", "done"];
      await Promise.all(ids.map((id) => store.addItem(item(id))));
      for (const crash of [1, 2, 3, 4]) {
        expect(await store.beginRun(), `after crash ${crash}`).toEqual([]);
        expect(store.suspects("work"), `after crash ${crash}`).toEqual(crash === 1 ? [] : ["bad"]);
        for (const id of ids) await store.markStarted("work", id);
        await callUnderWay(store, "bad");
        // Its call ended, or a step was done since.
        await store.callNote("work", "good", "first")?.begins();
        await store.callNote("work", "good", "first")?.ends();
        await store.callNote("work", "done", "first")?.begins();
        await store.recordStep(step("done", { stepIndex: crash }));
      }
      expect(await store.beginRun()).toEqual(["bad"]);
      expect(store.endedItems({ statuses: ["failed"] })).toMatchObject([
        { itemId: "bad", failure: { kind: "poison", step: "first", message: expect.stringContaining('step "first"') } },
      ]);
      expect(store.counts("work")).toMatchObject({ pending: 3, failed: 1 });
    });

    it("notes no calls before a crash, and those of the items that were begun after one", async () => {
      await using store = open();
      await store.beginRun();
      await store.addItem(item("a"));
      expect(store.callNote("work", "a", "first")).toBeUndefined();
      await store.beginRun();
      await store.addItem(item("later"));
      expect(store.callNote("work", "later", "first")).toBeUndefined();
      expect(store.callNote("work", "a", "first")).toBeDefined();
      await store.recordStep(step("a"));
      expect(store.callNote("work", "a", "first")).toBeUndefined();
    });

    it("tries an item that was given up as often again when a person asks for it", async () => {
      await using store = open();
      await store.addItem(item("bad"));
      await store.beginRun();
      const crash = async (): Promise<readonly string[]> => {
        await store.markStarted("work", "bad");
        await store.callNote("work", "bad", "first")?.begins();
        return store.beginRun();
      };
      const FIVE = [[], [], [], [], ["bad"]];
      expect([await crash(), await crash(), await crash(), await crash(), await crash()]).toEqual(FIVE);
      expect(await store.reopen()).toBe(1);
      expect([await crash(), await crash(), await crash(), await crash(), await crash()]).toEqual(FIVE);
    });

    it("gives up a parent whose collecting was under way at the crashes, and none that only waited", async () => {
      await using store = open();
      await store.beginRun();
      const ids = await fanOutInto(store, 2);
      for (const crash of [1, 2, 3, 4, 5, 6]) {
        expect(await store.beginRun(), `waiting, after crash ${crash}`).toEqual([]);
        expect(store.suspects("work")).toEqual([]);
        for (const id of ids) await store.recordStep(step(id, { stepIndex: 1 + crash }));
      }
      for (const id of ids) {
        await store.recordStep(step(id, { stepIndex: 9, output: id, item: { status: "completed" } }));
      }
      await store.markStarted("work", "p");
      for (const crash of [1, 2, 3, 4]) {
        expect(await store.beginRun(), `collecting, after crash ${crash}`).toEqual([]);
        await callUnderWay(store, "p");
      }
      expect(store.suspects("work")).toEqual(["p"]);
      expect(await store.beginRun()).toEqual(["p"]);
      expect(await store.reopen()).toBe(1);
      expect(store.pendingItem("work", "p")).toMatchObject({ collected: true, content: ids });
    });

    it("counts no crash for a parent that waits again for a part that is done once more", async () => {
      await using store = open();
      await store.beginRun();
      const ids = await fanOutInto(store, 2);
      for (const id of ids) await partDone(store, id);
      await store.markStarted("work", "p");
      await store.recordStep(step("p", { stepIndex: 2, output: "all", item: { status: "completed" } }));
      await store.reopen({ itemIds: ["p/1"] });
      expect(await store.beginRun()).toEqual([]);
      await partDone(store, "p/1");
      expect(store.suspects("work")).toEqual([]);
    });

    it("counts no crash for a run that ended in good order", async () => {
      await using store = open();
      for (let run = 0; run < 5; run += 1) {
        expect(await store.beginRun()).toEqual([]);
        await store.addItem(item("a"));
        await store.markStarted("work", "a");
        await store.endRun();
        expect(store.callNote("work", "a", "first")).toBeUndefined();
      }
      expect(store.counts("work").pending).toBe(1);
    });
  });
}

/** A call of the item that has begun and does not end. */
const callUnderWay = async (store: SessionStore, itemId: string): Promise<void> =>
  store.callNote("work", itemId, "first")?.begins();
