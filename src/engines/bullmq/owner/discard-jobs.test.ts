import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Discarded, DiscardedSession } from "../../../core/runner/index.ts";
import type { Backend, JobQueue } from "../queue/backend.ts";
import { cancelKeyOf } from "../queue/job.ts";
import { presenceKey, listPresent } from "../queue/presence.ts";
import { claimFor } from "./claim-session.ts";
import { discardFrom } from "./discard-jobs.ts";
import { DONE, SESSION, dataOf, memoryQueue, memoryRun, type MemoryJob } from "./fixtures/memory-jobs.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const OWNER = { role: "owner", pipeline: "docs", version: "v1", modelId: "none", id: SESSION.identity } as const;
const KEY = presenceKey(OWNER);
const session: DiscardedSession = { ...SESSION, pipeline: "docs", facts: { getFact: () => undefined } };
const record = (given: object): string => JSON.stringify({ ...OWNER, host: "elsewhere", pid: 7, ...given });

const RESULT = { version: 1, done: [DONE] };
/** A result whose output is kept beside the job. */
const boxed = (key: string): unknown => ({
  version: 1,
  done: [{ ...DONE, end: { kind: "done", output: { key, sha256: "0".repeat(64), characters: 1 } } }],
});

function newQueue(more: readonly MemoryJob[] = []) {
  const queue = memoryQueue([
    { id: "waits", data: dataOf("a") },
    { id: "begun", data: dataOf("b", { done: [DONE] }) },
    { id: "done", data: dataOf("c"), returnvalue: RESULT },
    { id: "another's", data: { ...dataOf("a"), identity: "another" } },
    ...more,
  ]);
  const { state } = queue;
  let isClosed = false;
  const plain = queue.backend.openQueue("queue");
  const backend: Backend = {
    ...queue.backend,
    state: { ...state, removeExpired: async () => 0 },
    openQueue: () => ({
      ...plain,
      async getRanges(...given) {
        if (isClosed) throw new Error("Connection is closed.");
        return plain.getRanges(...given);
      },
    }),
    async [Symbol.asyncDispose]() {
      isClosed = true;
    },
  };
  return { ...queue, backend };
}

type Queue = ReturnType<typeof newQueue>;

/** Runs it to its end, and calls `during` while it is under way. */
async function discarding(
  { backend }: Queue,
  { force = false, dryRun = false, during = async (): Promise<unknown> => undefined } = {},
): Promise<Discarded> {
  const end = discardFrom(backend, "queue", { session, force, dryRun });
  await vi.advanceTimersByTimeAsync(300);
  await during();
  await vi.advanceTimersByTimeAsync(30_000);
  return end;
}

describe("what a queue has of a session that is removed", () => {
  it("is removed, and nothing of another session", async () => {
    const queue = newQueue();
    expect(await discarding(queue)).toMatchObject({ kind: "discarded", jobs: 3, left: 0 });
    expect([...queue.jobs.keys()]).toEqual(["another's"]);
    expect(await queue.state.get(KEY)).toBeUndefined();
  });

  it.each([
    ["an owner elsewhere has it", record({}), true],
    ["what is there is no participant", "no JSON", false],
    ["somebody else removes it", record({ isRemoving: true }), true],
  ])("is touched only by who has claimed it: %s", async (_, there, isOwned) => {
    for (const dryRun of [false, true]) {
      const queue = newQueue();
      await queue.state.put(KEY, there);
      const before = JSON.stringify([...queue.jobs]);
      const end = await discarding(queue, { dryRun, force: true });
      expect(end).toMatchObject(isOwned ? { kind: "owned", host: "elsewhere", pid: 7 } : { kind: "discarded" });
      if (!isOwned) continue;
      expect(JSON.stringify([...queue.jobs])).toBe(before);
      expect(await queue.state.get(KEY)).toBe(there);
    }
  });

  it("is kept from a resume that begins meanwhile, which goes on when it is done", async () => {
    const queue = newQueue([{ id: "held", data: dataOf("d"), isHeld: true }]);
    const { run, said } = memoryRun();
    let claimed: unknown;
    const end = await discarding(queue, {
      async during() {
        void claimFor(run, queue.state).then((claim) => (claimed = claim));
        await vi.advanceTimersByTimeAsync(1_000);
        expect(claimed).toBeUndefined();
        // Workers begin nothing for who only removes it.
        expect(await listPresent("owner", "docs", queue.state)).toEqual([]);
        queue.jobs.delete("held");
        await vi.advanceTimersByTimeAsync(2_000);
      },
    });
    expect(end).toMatchObject({ kind: "discarded" });
    expect(said).toEqual([expect.stringContaining("Waiting to see whether the owner on")]);
    expect(claimed).toBeDefined();
  });

  it("stays there from when another owner took it over, and is said to be that one's", async () => {
    const queue = newQueue([{ id: "held", data: dataOf("d"), isHeld: true }]);
    const { asked, state } = queue;
    const end = await discarding(queue, {
      async during() {
        await state.put(KEY, record({ token: "other" }));
        await vi.advanceTimersByTimeAsync(3_500);
        (asked as string[]).length = 0;
      },
    });
    expect(end).toEqual({ kind: "owned", address: "memory", host: "elsewhere", pid: 7 });
    expect(asked).toEqual([]);
    expect(queue.jobs.has("done")).toBe(true);
    expect(await state.get(KEY)).toBe(record({ token: "other" }));
  });

  it("stays, but for what waits, while workers are at it", async () => {
    const queue = newQueue([{ id: "held", data: dataOf("d"), isHeld: true }]);
    expect(await discarding(queue)).toEqual({ kind: "busy", address: "memory", jobs: 1 });
    expect([...queue.jobs.keys()]).toEqual(["begun", "done", "another's", "held"]);
    expect(await queue.state.get(KEY)).toBeUndefined();
  });

  it.each([
    ["lets it go when it is cancelled, and its result is removed too", true, 4, 0],
    ["does not let it go, and it is said to be left", false, 3, 1],
  ])("is removed by force also from a worker that %s", async (_, lets, jobs, left) => {
    const queue = newQueue([{ id: "held", data: dataOf("d"), isHeld: true }]);
    const end = await discarding(queue, {
      force: true,
      async during() {
        for (let waitedMs = 0; waitedMs < 10_000 && lets; waitedMs += 250) {
          await vi.advanceTimersByTimeAsync(250);
          if ((await queue.state.get(cancelKeyOf("held"))) === undefined) continue;
          queue.jobs.set("held", { id: "held", data: dataOf("d"), returnvalue: RESULT });
          return;
        }
      },
    });
    expect(end).toMatchObject({ kind: "discarded", jobs, left });
    expect(queue.jobs.has("held")).toBe(!lets);
    expect(await queue.state.get(cancelKeyOf("held"))).toBe(lets ? undefined : "cancelled");
  });

  it("includes what a worker ended a moment ago, with the contents beside it", async () => {
    const queue = newQueue([{ id: "held", data: dataOf("d"), isHeld: true }]);
    await queue.state.put("content:late", "1");
    // It ends while the last results are being removed.
    const plain = queue.backend.openQueue("queue");
    const late: JobQueue = {
      ...plain,
      async remove(id) {
        if (id === "done")
          queue.jobs.set("late", { id: "late", data: dataOf("e"), returnvalue: boxed("content:late") });
        return plain.remove(id);
      },
    };
    queue.backend = { ...queue.backend, openQueue: () => late };
    const end = await discarding(queue, { during: async () => queue.jobs.delete("held") });
    expect(end).toMatchObject({ kind: "discarded", jobs: 5, contents: 1, left: 0 });
    expect([...queue.jobs.keys()]).toEqual(["another's"]);
    expect(await queue.state.get("content:late")).toBeUndefined();
  });

  it.each([
    ["what would be removed", [], false, { kind: "discarded", jobs: 3, contents: 0, permits: 0, left: 0 }],
    ["what workers are at", [{ id: "held", data: dataOf("d"), isHeld: true }], false, { kind: "busy", jobs: 1 }],
    [
      "what workers are at, by force",
      [{ id: "held", data: dataOf("d"), isHeld: true }],
      true,
      { kind: "discarded", jobs: 3, left: 1 },
    ],
  ] as const)("is only looked at by a dry run: %s", async (_, more, force, end) => {
    const queue = newQueue(more);
    const before = JSON.stringify([...queue.jobs]);
    expect(await discarding(queue, { dryRun: true, force })).toMatchObject(end);
    expect(JSON.stringify([...queue.jobs])).toBe(before);
    expect(queue.asked).toEqual([]);
    expect(await queue.state.get(KEY)).toBeUndefined();
  });
});

it("a job that ends between two pages hides no other one", async () => {
  const count = 450;
  const queue = memoryQueue(
    Array.from({ length: count }, (_, n) => ({ id: `job ${n}`, data: dataOf(`item ${n}`), returnvalue: RESULT })),
  );
  const plain = queue.backend.openQueue("queue");
  let gone = 0;
  const shifting: JobQueue = {
    ...plain,
    // Others remove jobs in the meantime, so that what comes after moves up.
    async getJob(id) {
      const job = await plain.getJob(id);
      if (gone < 100) queue.jobs.delete(`job ${gone++}`);
      return job;
    },
  };
  const backend = {
    ...queue.backend,
    openQueue: () => shifting,
    state: { ...queue.state, removeExpired: async () => 0 },
  };
  const end = discardFrom(backend, "queue", { session, force: false });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await end).toMatchObject({ kind: "discarded", left: 0 });
  expect(queue.jobs.size).toBe(0);
});
