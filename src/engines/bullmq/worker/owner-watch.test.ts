import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { memoryState } from "../queue/fixtures/memory-state.ts";
import { markOrphaned, orphanReasonOf } from "../queue/orphaned-session.ts";
import { announce } from "../queue/presence.ts";
import type { SharedState } from "../queue/shared-state.ts";
import { OwnerWatch } from "./owner-watch.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const SESSION = { identity: "0123456789abcdef0123456789abcdef", sessionId: "20260119_143052" };

const own = (state: SharedState, { identity, sessionId } = SESSION): AsyncDisposable =>
  announce(
    { role: "owner", pipeline: "docs", version: "v1", modelId: "none", id: identity, session: sessionId },
    state,
  );

function watch(state: SharedState, timeoutMs = 60_000): { readonly owners: OwnerWatch; readonly said: string[] } {
  const said: string[] = [];
  const say = (message: string): void => void said.push(message);
  return { owners: new OwnerWatch({ pipeline: "docs", state, timeoutMs, say, onLook: () => {} }), said };
}

describe("a worker", () => {
  it("begins jobs while their owner is there, and puts them down when it is gone for long, and says so once", async () => {
    const state = memoryState();
    const owner = own(state);
    const { owners, said } = watch(state);
    await vi.advanceTimersByTimeAsync(300_000);
    expect(await owners.waitOf(SESSION)).toBe(0);
    await owner[Symbol.asyncDispose]();
    await vi.advanceTimersByTimeAsync(57_000);
    expect(await owners.waitOf(SESSION)).toBe(0);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(await owners.waitOf(SESSION)).toBeGreaterThanOrEqual(60_000);
    expect(await owners.waitOf(SESSION)).toBeGreaterThanOrEqual(60_000);
    expect(said).toEqual([
      "The owner of session 20260119_143052 is gone, so this worker begins nothing more for it. What is done is kept, and its items wait in the queue. To go on with them, where it was run: holdfast resume 20260119_143052",
    ]);
    // A worker that starts now need not find out by itself.
    const { owners: later } = watch(state);
    expect(await later.waitOf(SESSION)).toBe(5_000);

    await using _back = own(state);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await owners.waitOf(SESSION)).toBe(0);
    expect(await later.waitOf(SESSION)).toBe(0);
    expect(said.slice(1)).toEqual(["The owner of a session that waited is back; its items go on."]);
    expect(await orphanReasonOf(SESSION.identity, state)).toBeUndefined();
  });

  it("goes on with the jobs of one session while those of another wait", async () => {
    const state = memoryState();
    const other = { identity: "f".repeat(32), sessionId: "20260119_150000" };
    await using _other = own(state, other);
    await markOrphaned(SESSION.identity, "stopped", state);
    const { owners, said } = watch(state);
    expect(await owners.waitOf(SESSION)).toBe(5_000);
    expect(await owners.waitOf(other)).toBe(0);
    expect(said.join("\n")).toMatch(/^Session 20260119_143052 was stopped, so this worker begins nothing more for it/);
  });

  it("says nothing of a session that has ended: none of its jobs comes", async () => {
    const state = memoryState();
    const owner = own(state);
    const { owners, said } = watch(state);
    expect(await owners.waitOf(SESSION)).toBe(0);
    await owner[Symbol.asyncDispose]();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(said).toEqual([]);
    expect(await orphanReasonOf(SESSION.identity, state)).toBeUndefined();
  });

  it("asks the shared state no more often for a thousand jobs", async () => {
    const state = memoryState();
    await using _owner = own(state);
    let looks = 0;
    const { owners } = watch({ ...state, list: (prefix) => ((looks += 1), state.list(prefix)) });
    for (let n = 0; n < 1_000; n += 1) expect(await owners.waitOf(SESSION)).toBe(0);
    expect(looks).toBeLessThanOrEqual(2);
  });

  it("goes on where the database does not answer: it may be the database that is gone", async () => {
    const state = memoryState();
    let isAway = true;
    const list: SharedState["list"] = async (prefix) => {
      if (isAway) throw new Error("ECONNREFUSED");
      return state.list(prefix);
    };
    const { owners } = watch({ ...state, list });
    expect(await owners.waitOf(SESSION)).toBe(0);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(await owners.waitOf(SESSION)).toBe(0);
    isAway = false;
    await vi.advanceTimersByTimeAsync(57_000);
    expect(await owners.waitOf(SESSION)).toBe(0);
    await vi.advanceTimersByTimeAsync(9_000);
    expect(await owners.waitOf(SESSION)).toBeGreaterThan(0);
  });

  it("waits for no owner where its time has no limit", async () => {
    const state = memoryState();
    await markOrphaned(SESSION.identity, "gone", state);
    const { owners } = watch(state, Infinity);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(await owners.waitOf(SESSION)).toBe(0);
  });
});
