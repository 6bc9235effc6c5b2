import { describe, expect, it } from "vitest";
import { item, step } from "../../../test/contracts/store/rows.ts";
import type { FailureRecord } from "../../core/storage/index.ts";
import { openSessionStore } from "./index.ts";

const unanswered: FailureRecord = { step: "first", kind: "transient", message: "no answer", unanswered: true };
const answered: FailureRecord = { step: "first", kind: "transient", message: "503" };
const poison: FailureRecord = { step: "", kind: "poison", message: "it was in flight" };

describe("the keys of an item that is retried", () => {
  it.each<[string, readonly (FailureRecord | "done")[], number | undefined]>([
    ["are new after an answer", [answered], undefined],
    ["stay when no answer came", [unanswered], 1],
    ["stay when its process died", [poison], 1],
    ["stay over retry after retry", [unanswered, unanswered, poison], 1],
    ["are new once an answer came", [unanswered, unanswered, answered], undefined],
    ["stay from the answered call on", [unanswered, answered, unanswered], 3],
    ["are new when it is done and asked for again", [unanswered, "done"], undefined],
  ])("%s", async (_, ends, keyGeneration) => {
    await using store = openSessionStore(":memory:");
    await store.addItem(item("a"));
    for (const end of ends) {
      await store.recordStep(
        end === "done"
          ? step("a", { item: { status: "completed" } })
          : step("a", { succeeded: false, output: undefined, item: { status: "failed", failure: end } }),
      );
      expect(await store.reopen(end === "done" ? { itemIds: ["a"] } : {})).toBe(1);
    }
    const [pending] = store.pendingItems("work", 0, 10);
    expect(pending).toMatchObject({ generation: ends.length + 1 });
    expect(pending?.keyGeneration).toBe(keyGeneration);
  });
});
