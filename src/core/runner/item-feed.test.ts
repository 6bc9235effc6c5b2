import { describe, expect, it } from "vitest";
import { openSessionStore } from "../../stores/sqlite/index.ts";
import { ItemFeed } from "./item-feed.ts";
import type { NewItem, PendingItem, SessionStore, StepRecord } from "../storage/store.ts";

const newItem = (itemId: string): NewItem => ({
  phase: "work",
  itemId,
  sourcePath: "memory",
  readBy: "read",
  metadata: {},
  content: itemId,
  status: "pending",
});

const record = (itemId: string, stepIndex: number, over: Partial<StepRecord> = {}): StepRecord => ({
  phase: "work",
  itemId,
  stepIndex,
  step: `step-${stepIndex}`,
  stage: "transform",
  succeeded: true,
  output: itemId,
  durationMs: 1,
  attempts: 1,
  item: { status: "pending" },
  ...over,
});

const completed = { output: undefined, item: { status: "completed" } } as const;

interface Feeding {
  readonly store: SessionStore;
  readonly source?: AsyncIterator<PendingItem>;
  readonly taken?: Set<string>;
}

async function* nothing(): AsyncGenerator<PendingItem> {}

function newFeed({ store, source = nothing(), taken = new Set() }: Feeding): ItemFeed {
  return new ItemFeed({ phase: "work", store, source, drain: new AbortController().signal, taken });
}

async function next(items: AsyncGenerator<PendingItem>): Promise<PendingItem> {
  const { value, done } = await items.next();
  if (done) throw new Error("The feed has ended.");
  return value;
}

describe("the feed of a phase's items", () => {
  it("gives an item out once that ends while other items of the same page wait", async () => {
    await using store = openSessionStore(":memory:");
    await Promise.all(["other", "third", "parent"].map((id) => store.addItem(newItem(id))));
    const children = [{ itemId: "parent/1", content: "child" }];
    await store.recordStep(record("parent", 0, { output: undefined, fanOut: { children, collectedAt: 1 } }));
    const feed = newFeed({ store });
    const items = feed.items();

    // The parent's children are done, so it comes first; its collect step makes it an item like any other.
    const parent = await next(items);
    await store.recordStep(record("parent", 1));
    const other = await next(items);
    await store.recordStep(record("parent", 2, completed));
    feed.left(parent, { children: false, readyParent: undefined });
    const third = await next(items);
    expect([parent, other, third].map(({ itemId }) => itemId)).toEqual(["parent", "other", "third"]);

    for (const item of [other, third]) {
      await store.recordStep(record(item.itemId, 0, completed));
      feed.left(item, { children: false, readyParent: undefined });
    }
    expect(await items.next()).toMatchObject({ done: true });
  });

  it("gives an item out once that the source has recorded and not put out yet", async () => {
    await using store = openSessionStore(":memory:");
    await store.addItem(newItem("first"));
    const taken = new Set<string>();
    const put = Promise.withResolvers<void>();
    async function* source(): AsyncGenerator<PendingItem> {
      taken.add("second");
      await store.addItem(newItem("second"));
      await put.promise;
      yield store.pendingItem("work", "second");
    }
    const feed = newFeed({ store, source: source(), taken });
    const items = feed.items();
    const first = await next(items);
    const second = next(items);
    await store.recordStep(record("first", 0, completed));
    feed.left(first, { children: true, readyParent: undefined });
    put.resolve();
    expect((await second).itemId).toBe("second");
    await store.recordStep(record("second", 0, completed));
    feed.left(await second, { children: false, readyParent: undefined });
    expect(await items.next()).toMatchObject({ done: true });
  });
});
