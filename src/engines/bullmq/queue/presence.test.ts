import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { memoryState } from "./fixtures/memory-state.ts";
import { announce, listPresent, type Participant } from "./presence.ts";
import type { SharedState } from "./shared-state.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const self: Participant = { role: "worker", pipeline: "docs", version: "v1", modelId: "none", id: "one" };
const idsIn = async (state: SharedState): Promise<readonly string[]> =>
  (await listPresent("worker", "docs", state)).map(({ id }) => id);

describe("whoever takes part in a pipeline", () => {
  it("is there as long as it lives, and gone as soon as it leaves", async () => {
    const state = memoryState();
    const present = announce(self, state);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await idsIn(state)).toEqual(["one"]);
    await present[Symbol.asyncDispose]();
    expect(await idsIn(state)).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await idsIn(state)).toEqual([]);
  });

  it("is gone ten seconds after its process died", async () => {
    const state = memoryState();
    announce(self, state);
    await vi.advanceTimersByTimeAsync(1);
    vi.clearAllTimers();
    await vi.advanceTimersByTimeAsync(9_000);
    expect(await idsIn(state)).toEqual(["one"]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await idsIn(state)).toEqual([]);
  });

  it("is listed for its own role and pipeline, whatever else others have written there", async () => {
    const state = memoryState();
    await using _worker = announce(self, state);
    await using _owner = announce({ ...self, role: "owner", id: "two" }, state);
    await using _other = announce({ ...self, pipeline: "other", id: "three" }, state);
    await state.put("worker:docs:stranger", '{"role":"worker"}');
    await state.put("worker:docs:another", "no JSON");
    expect(await idsIn(state)).toEqual(["one"]);
  });
});
