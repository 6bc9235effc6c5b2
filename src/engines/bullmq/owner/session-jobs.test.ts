import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DispatchedRun } from "../../../core/runner/index.ts";
import { RunControl } from "../../../core/runner/index.ts";
import type { Backend } from "../queue/backend.ts";
import { DONE, SESSION, dataOf, memoryQueue, memoryRun } from "./fixtures/memory-jobs.ts";
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
    getRanges: async (states: readonly string[]) => (states.includes("active") ? [...left] : []),
    getJob: async (id: string) => ({ id, data: { sessionId: "s", done: [] } }),
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
  expect((await collected)?.size).toBe(0);
  const how = "that workers are processing: until their steps end, or for at most 4 seconds where the worker is gone";
  expect(said).toEqual([`Waiting for 2 items ${how}`, `Waiting for 1 item ${how}`]);
});

const CHECKPOINT = { ...dataOf("item"), done: [DONE] };
const SEALED = { version: 1, ...SESSION, runId: "run", done: [{}], sealed: { key: "content:a:gone" } };
const refused = (): never => {
  throw Object.assign(new Error("invalid byte sequence"), { code: "22021" });
};

describe("a checkpoint that a worker left", () => {
  it("is the job's result", async () => {
    const { backend } = memoryQueue([{ id: "a", data: CHECKPOINT }]);
    const { ends, said } = await collected(backend);
    expect(ends?.get("a")).toMatchObject({ kind: "result", result: { done: [{ step: "ask" }] } });
    expect(said).toEqual([]);
  });

  it.each<readonly [string, unknown, Partial<Backend>, string, string]>([
    ["is no longer there", SEALED, {}, "the item of job a", "A content is no longer in the queue's database"],
    ["is of an unknown form", { ...CHECKPOINT, version: 9 }, {}, 'item "item"', "`version` is not of the form"],
    [
      "is refused by the database",
      CHECKPOINT,
      { finish: async () => refused() },
      'item "item"',
      "invalid byte sequence",
    ],
    [
      "is never what it was",
      CHECKPOINT,
      { finish: async () => false },
      'item "item"',
      "not in the form in which it was written",
    ],
  ])("and that %s is removed, with a line that says so", async (_what, data, parts, name, reason) => {
    const { backend, jobs } = memoryQueue([{ id: "a", data }], parts);
    const { ends, said } = await collected(backend);
    expect(ends?.size).toBe(0);
    expect(jobs.size).toBe(0);
    const line = said.find((text) => text.includes("cannot be used")) ?? "";
    expect(line).toContain(`What workers did of ${name} cannot be used: `);
    expect(line).toContain(reason);
    expect(line).toMatch(/It is done again\.$/);
  });

  it("is asked for again when the database did not answer", async () => {
    let failures = 5;
    const { backend, jobs } = memoryQueue([{ id: "a", data: CHECKPOINT }]);
    const flaky = {
      ...backend,
      async finish(...given: Parameters<Backend["finish"]>) {
        failures -= 1;
        if (failures > 0) throw Object.assign(new Error("terminating connection"), { code: "57P01" });
        return backend.finish(...given);
      },
    };
    const { ends } = await collected(flaky);
    expect(ends?.get("a")).toMatchObject({ kind: "result" });
    expect(jobs.size).toBe(1);
  });

  it("is used of a job that the queue gave up", async () => {
    const failedReason = "job stalled more than allowable limit";
    const { backend, jobs } = memoryQueue([
      { id: "a", data: CHECKPOINT, returnvalue: null, failedReason },
      { id: "b", data: dataOf("other"), returnvalue: null, failedReason },
      { id: "c", data: SEALED, returnvalue: null, failedReason },
    ]);
    const { ends, said } = await collected(backend);
    expect([...(ends ?? [])]).toEqual([["a", { kind: "result", result: { version: 1, done: [DONE] } }]]);
    expect([...jobs.keys()]).toEqual(["a"]);
    expect(said).toEqual([expect.stringContaining("What workers did of the item of job c cannot be used: ")]);
  });

  it("is not read while a worker is at it", async () => {
    const { backend, jobs, asked, state } = memoryQueue([{ id: "a", data: SEALED, isHeld: true }]);
    const read = vi.spyOn(state, "get");
    const { run } = memoryRun();
    const ended = openSessionJobs(backend, "queue", run).then((open) => open.collect());
    await vi.advanceTimersByTimeAsync(5_000);
    expect(read).not.toHaveBeenCalled();
    expect(new Set(asked)).toEqual(new Set(["takeBack a"]));
    jobs.clear();
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await ended)?.size).toBe(0);
  });

  it("holds nobody up who is told to stop", async () => {
    const { backend } = memoryQueue([{ id: "a", data: CHECKPOINT, isHeld: true }]);
    const { run } = memoryRun();
    const ended = openSessionJobs(backend, "queue", run).then((open) => open.collect());
    await vi.advanceTimersByTimeAsync(1_000);
    run.control.stop({ kind: "user", message: "Ctrl-C" });
    expect(await ended).toBeUndefined();
  });
});

it("jobs of an earlier stay are removed, whatever became of them, but for those that a worker is at", async () => {
  const { backend, jobs } = memoryQueue([
    { id: "waits", data: dataOf("a") },
    { id: "begun", data: CHECKPOINT },
    { id: "unreadable", data: SEALED },
    { id: "done", data: CHECKPOINT, returnvalue: { version: 1, done: [DONE] } },
    { id: "held", data: CHECKPOINT, isHeld: true },
    { id: "another's", data: { ...CHECKPOINT, identity: "another" } },
  ]);
  const open = await openSessionJobs(backend, "queue", memoryRun().run);
  await open.clear();
  expect([...jobs.keys()]).toEqual(["held", "another's"]);
});

/** What is collected of a queue, within a minute. */
async function collected(backend: Backend) {
  const { run, said } = memoryRun();
  const open = await openSessionJobs(backend, "queue", run);
  let isOver = false;
  const ends = open.collect().finally(() => (isOver = true));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(isOver).toBe(true);
  return { ends: await ends, said };
}
