import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, it, vi } from "vitest";
import { item, step } from "../../../test/contracts/store/rows.ts";
import type { SessionStore } from "../../core/storage/index.ts";
import { openSessionStore } from "./index.ts";

afterEach(() => vi.restoreAllMocks());

const layout = (...names: readonly string[]) => new Map([["work", names.map((name) => ({ name, collects: false }))]]);
const idOf = (n: number): string => String(n).padStart(5, "0");

/** Items that failed at `second`: of every third nobody knows what became of the call, every fifth has done `gone`. */
async function failedItems(count: number): Promise<SessionStore> {
  const store = openSessionStore(":memory:");
  const writes: Promise<unknown>[] = [];
  for (let n = 0; n < count; n += 1) {
    const failure = {
      step: "second",
      kind: "transient",
      message: "no",
      ...(n % 3 === 0 && { unanswered: true }),
    } as const;
    writes.push(
      store.addItem(item(idOf(n))),
      store.recordStep(step(idOf(n), { step: n % 5 === 0 ? "gone" : "first", output: n })),
      store.recordStep(
        step(idOf(n), {
          step: "second",
          stepIndex: 1,
          succeeded: false,
          output: undefined,
          item: { status: "failed", failure },
        }),
      ),
    );
  }
  await Promise.all(writes);
  return store;
}

describe("a retry of thousands of items", () => {
  it("places each of them, refuses those that have no place, and repeats the calls that nobody knows about", async () => {
    await using store = await failedItems(2_500);
    const now = layout("new", "first", "second");
    const plan = store.planReopening({}, now);
    expect([plan.count, plan.refused.length]).toEqual([2_000, 500]);
    expect(await store.reopen({}, now)).toBe(2_000);
    expect(store.counts("work")).toMatchObject({ pending: 2_000, failed: 500 });
    const pending = store.pendingItems("work", 0, 3_000);
    expect(pending.map(({ itemId }) => itemId)).toEqual(
      Array.from({ length: 2_500 }, (_, n) => n)
        .filter((n) => n % 5 !== 0)
        .map(idOf),
    );
    for (const { itemId, nextStep, content, generation, keyGeneration } of pending) {
      const n = Number(itemId);
      expect([nextStep, content, generation, keyGeneration]).toEqual([2, n, 2, n % 3 === 0 ? 1 : undefined]);
    }
  });

  it("takes as many statements as one of a few", async () => {
    const prepare = vi.spyOn(DatabaseSync.prototype, "prepare");
    const prepared: number[] = [];
    for (const count of [10, 900]) {
      await using store = await failedItems(count);
      prepare.mockClear();
      store.planReopening({}, layout("first", "second", "gone"));
      await store.reopen({}, layout("first", "second", "gone"));
      prepared.push(prepare.mock.calls.length);
    }
    expect(prepared[1]).toBe(prepared[0]);
  });
});
