import { describe, expect, it } from "vitest";
import type { SessionStore, StepRecord } from "../../core/storage/index.ts";
import { item, step } from "../../../test/contracts/store/rows.ts";
import { openSessionStore } from "./index.ts";

const newStore = (): SessionStore => openSessionStore(":memory:");

const CHANGED = expect.objectContaining({ code: "pipeline_changed" });

/** Fans `p` out into parts that a step after `upper` collects. */
const fannedOut = (over: Partial<StepRecord> = {}): StepRecord =>
  step("p", {
    step: "split",
    output: undefined,
    fanOut: { children: ["1", "2"].map((id) => ({ itemId: `p/${id}`, content: id })), collectedAt: 2 },
    ...over,
  });

describe("a phase whose steps were changed", () => {
  it("goes on with what pending items have finished, under the new places of its steps", async () => {
    await using store = newStore();
    await store.addItem(item("a"));
    await store.recordStep(step("a", { step: "first", output: 1 }));
    await store.recordStep(step("a", { step: "second", stepIndex: 1, output: 2 }));
    await store.renumberSteps("work", ["new", "first", "second", "last"]);
    expect(store.pendingItem("work", "a")).toMatchObject({ nextStep: 3, content: 2 });
    await store.renumberSteps("work", ["first", "second"]);
    expect(store.pendingItem("work", "a")).toMatchObject({ nextStep: 2, content: 2 });
  });

  it("is refused when finished steps are in another order: the last one's output is not what the next one wants", async () => {
    await using store = newStore();
    await store.addItem(item("a"));
    await store.recordStep(step("a", { step: "first", output: 1 }));
    await store.recordStep(step("a", { step: "second", stepIndex: 1, output: 2 }));
    expect(() => store.renumberSteps("work", ["second", "first"])).toThrow("in another order");
    expect(store.pendingItem("work", "a")).toMatchObject({ nextStep: 2, content: 2 });
  });

  it("keeps each record of an item that failed and was tried again, whatever indexes they had", async () => {
    await using store = newStore();
    await store.addItem(item("a"));
    await store.recordStep(step("a", { step: "first" }));
    const failure = { step: "second", kind: "bug", message: "no" } as const;
    const failed = { step: "second", stepIndex: 1, succeeded: false, output: undefined } as const;
    await store.recordStep(step("a", { ...failed, item: { status: "failed", failure } }));
    const layout = (...names: readonly string[]) =>
      new Map([["work", names.map((name) => ({ name, collects: false }))]]);
    expect(await store.reopen({}, layout("new", "first", "second"))).toBe(1);
    expect(store.pendingItem("work", "a")).toMatchObject({ nextStep: 2, generation: 2 });
    await store.recordStep(step("a", { ...failed, stepIndex: 2, item: { status: "failed", failure } }));
    expect(store.planReopening({}, layout("second", "first"))).toMatchObject({ count: 0, refused: [{ itemId: "a" }] });
    expect(await store.reopen({}, layout("second", "first"))).toBe(0);
    expect(await store.reopen({}, layout("first", "second"))).toBe(1);
    expect(store.pendingItem("work", "a")).toMatchObject({ nextStep: 1, generation: 3 });
  });

  it("is refused when a step that a pending item has finished is gone, and names it", async () => {
    await using store = newStore();
    await store.addItem(item("a"));
    await store.recordStep(step("a", { step: "paid_for" }));
    expect(() => store.renumberSteps("work", ["first"])).toThrow(CHANGED);
    expect(() => store.renumberSteps("work", ["first"])).toThrow('"paid_for"');
    expect(store.pendingItem("work", "a")).toMatchObject({ nextStep: 1 });
  });

  it("may lose steps that only ended items have finished", async () => {
    await using store = newStore();
    await store.addItem(item("a"));
    await store.recordStep(step("a", { step: "gone", item: { status: "completed" } }));
    await store.renumberSteps("work", ["first"]);
    expect(store.counts("work")).toMatchObject({ completed: 1 });
  });

  it("is refused while an item waits for its parts", async () => {
    await using store = newStore();
    await store.addItem(item("p"));
    await store.recordStep(fannedOut());
    const steps = ["split", "upper", "join"];
    expect(() => store.renumberSteps("work", steps)).toThrow(CHANGED);
    for (const part of ["p/1", "p/2"]) {
      await store.recordStep(step(part, { step: "upper", stepIndex: 1, item: { status: "completed" } }));
    }
    // All parts are done, and what they put out is not collected yet.
    expect(() => store.renumberSteps("work", steps)).toThrow("1 items are in the middle of a fan-out");
  });

  it("is refused while a part that goes on for itself is pending, and not when the fan-out is over", async () => {
    await using store = newStore();
    await store.addItem(item("p"));
    await store.recordStep(
      fannedOut({
        fanOut: { children: [{ itemId: "p/1", content: 1 }], collectedAt: undefined },
        item: { status: "completed" },
      }),
    );
    const steps = ["split", "upper"];
    expect(() => store.renumberSteps("work", steps)).toThrow(CHANGED);
    await store.recordStep(step("p/1", { step: "upper", stepIndex: 1, item: { status: "completed" } }));
    await store.renumberSteps("work", steps);
    expect(store.counts("work")).toMatchObject({ completed: 2 });
  });
});
