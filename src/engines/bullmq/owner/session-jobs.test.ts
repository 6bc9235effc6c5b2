import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { DispatchedRun } from "../../../core/runner/index.ts";
import { RunControl } from "../../../core/runner/index.ts";
import type { Backend } from "../queue/backend.ts";
import { openSessionJobs } from "./session-jobs.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it("waits for jobs that are locked, says for how long at most, and goes on when the locks ran out", async () => {
  const said: string[] = [];
  const locked = new Set(["a", "b"]);
  const left = new Set(["a", "b"]);
  const queue = {
    waitUntilReady: async () => {},
    close: async () => {},
    remove: async () => 1,
    getJobs: async (states: readonly string[], from: number) =>
      states.includes("active") && from === 0
        ? [...left].map((id) => ({ id, data: { sessionId: "s", done: [] } }))
        : [],
  };
  const backend = {
    openQueue: () => queue,
    takeBack: async (_queue: string, id: string) => !locked.has(id) && left.delete(id),
  } as unknown as Backend;
  const run = { sessionId: "s", control: new RunControl(), say: (message: string) => said.push(message) };

  const jobs = await openSessionJobs(backend, "queue", run as unknown as DispatchedRun);
  let isDone = false;
  const collected = jobs.collect().then((ends) => {
    isDone = true;
    return ends;
  });
  await vi.advanceTimersByTimeAsync(2_000);
  expect(isDone).toBe(false);
  locked.delete("a");
  await vi.advanceTimersByTimeAsync(1_000);
  locked.delete("b");
  await vi.advanceTimersByTimeAsync(1_000);
  expect((await collected).size).toBe(0);
  const how = "that workers are processing: until their steps end, or for at most 4 seconds where the worker is gone";
  expect(said).toEqual([`Waiting for 2 items ${how}`, `Waiting for 1 item ${how}`]);
});
