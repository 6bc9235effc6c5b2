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
    await store.renumberSteps("work", ["second", "first"]);
    expect(store.pendingItem("work", "a")).toMatchObject({ nextStep: 2, content: 1 });
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
