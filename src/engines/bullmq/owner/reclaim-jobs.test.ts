import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HoldfastError } from "../../../core/failure/index.ts";
import { queueNameOf } from "../queue/job.ts";
import { listPresent, presenceKey, type Participant } from "../queue/presence.ts";
import { DONE, SESSION, dataOf, memoryQueue, memoryRun } from "./fixtures/memory-jobs.ts";
import { reclaimFrom } from "./reclaim-jobs.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const OTHER = {
  role: "owner",
  pipeline: "docs",
  version: "v1",
  modelId: "none",
  id: SESSION.identity,
  host: "elsewhere",
  pid: 7,
} as const satisfies Participant & { host: string; pid: number };

/** A queue with a job that waits, a result, and a checkpoint. */
function newQueue() {
  const queue = memoryQueue([
    { id: "waits", data: dataOf("a") },
    { id: "begun", data: dataOf("b", { done: [DONE] }) },
    { id: "done", data: dataOf("c"), returnvalue: { version: 1, done: [DONE] } },
  ]);
  const { run, said } = memoryRun();
  const record = { epoch: 0, queue: queueNameOf(run.pipeline, run.modelId) };
  return { ...queue, run, said, reclaim: () => reclaimFrom(queue.backend, record, run) };
}

describe("taking a session's items back from workers", () => {
  it("is refused while an owner elsewhere is at work, and touches nothing", async () => {
    const { state, jobs, reclaim } = newQueue();
    await state.put(presenceKey(OTHER), JSON.stringify(OTHER));
    const end = reclaim().catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await end).toMatchObject({ code: "session_locked" });
    expect([...jobs.keys()]).toEqual(["waits", "begun", "done"]);
    expect(jobs.get("begun")).not.toHaveProperty("returnvalue");
    expect(await state.get(presenceKey(OTHER))).toBe(JSON.stringify(OTHER));
  });

  it("is an owner's work: it is present until it is over", async () => {
    const { state, reclaim } = newQueue();
    const dispatcher = await reclaim();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await listPresent("owner", "docs", state)).toMatchObject([{ id: SESSION.identity, pid: process.pid }]);
    await dispatcher?.[Symbol.asyncDispose]();
    expect(await listPresent("owner", "docs", state)).toEqual([]);
  });

  it("is done by one of two that begin at the same moment", async () => {
    const queue = memoryQueue([{ id: "done", data: dataOf("c"), returnvalue: { version: 1, done: [DONE] } }]);
    const record = { epoch: 0, queue: "queue" };
    const both = [memoryRun(), memoryRun()].map(({ run }) =>
      reclaimFrom(queue.backend, record, run).then(
        () => "goes on",
        (error: unknown) => (error instanceof HoldfastError ? error.code : error),
      ),
    );
    await vi.advanceTimersByTimeAsync(20_000);
    expect(new Set(await Promise.all(both))).toEqual(new Set(["goes on", "session_locked"]));
  });

  it("is over at once when it is told to stop", async () => {
    const { run, jobs, reclaim } = newQueue();
    jobs.set("held", { id: "held", data: dataOf("d"), isHeld: true });
    const end = reclaim();
    await vi.advanceTimersByTimeAsync(1_000);
    run.control.stop({ kind: "user", message: "Ctrl-C" });
    expect(await end).toBeUndefined();
  });
});
