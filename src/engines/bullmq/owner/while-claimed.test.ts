import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runnableSteps } from "../../../core/pipeline/index.ts";
import type { PendingItem } from "../../../core/storage/index.ts";
import type { Backend, JobEvents, JobQueue } from "../queue/backend.ts";
import { presenceKey } from "../queue/presence.ts";
import { claimFor } from "./claim-session.ts";
import { clearAtEnd } from "./clear-at-end.ts";
import { makeDispatcher } from "./dispatcher.ts";
import { DONE, SESSION, dataOf, memoryQueue, memoryRun } from "./fixtures/memory-jobs.ts";
import { JobBoard } from "./job-board.ts";
import { reclaimFrom } from "./reclaim-jobs.ts";
import { openSessionJobs } from "./session-jobs.ts";
import { whileClaimed } from "./while-claimed.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const ITEM: PendingItem = {
  phase: "notes",
  itemId: "item",
  sourcePath: "docs.jsonl#1",
  content: "x".repeat(100_000),
  nextStep: 0,
  generation: 0,
  keyGeneration: undefined,
  force: false,
  depth: 0,
  collected: false,
  reviewReason: undefined,
};

const KEY = presenceKey({ role: "owner", pipeline: "docs", version: "", modelId: "none", id: SESSION.identity });
const OTHER = { role: "owner", pipeline: "docs", version: "v1", modelId: "none", id: SESSION.identity };

/** What one owner does, and the queue before another one has it. */
async function newOwner({ isCutOff = false } = {}) {
  const { run, said } = memoryRun();
  const writes: string[] = [];
  const memory = memoryQueue([
    { id: "waits", data: dataOf("a") },
    { id: "begun", data: dataOf("b", { done: [DONE] }) },
    { id: "done", data: dataOf("c"), returnvalue: { version: 1, done: [DONE] } },
  ]);
  const { jobs } = memory;
  const plain = memory.backend.openQueue("queue");
  const noted = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    writes.push(what);
    return work();
  };
  const queue = {
    ...plain,
    addBulk: async (added: readonly { readonly data: unknown; readonly opts?: { readonly jobId?: string } }[]) =>
      noted("addBulk", async () => {
        for (const { data, opts: { jobId: id = "" } = {} } of added) jobs.set(id, { id, data, isHeld: holds });
        return [];
      }),
    remove: (id: string) => noted(`remove ${id}`, () => plain.remove(id)),
    trimEvents: () => noted("trimEvents", async () => 0),
  } as unknown as JobQueue;
  let completed: (end: { readonly jobId: string; readonly returnvalue: unknown }) => void = () => {};
  const events = {
    on: (event: string, listener: typeof completed) => event === "completed" && (completed = listener),
    waitUntilReady: async () => {},
    close: async () => {},
  } as unknown as JobEvents;
  let holds = false;
  let isStill = isCutOff;
  const { state } = memory;
  const backend: Backend = {
    ...memory.backend,
    openQueue: () => queue,
    openEvents: () => events,
    takeBack: (...given) => noted(`takeBack ${given[1]}`, () => memory.backend.takeBack(...given)),
    discard: (...given) => noted(`discard ${given[1]}`, () => memory.backend.discard(...given)),
    removeEnded: (_, ids) => noted(`removeEnded ${ids.join()}`, async () => ids.map((id) => jobs.delete(id))),
    finish: (...given) => noted(`finish ${given[1].id}`, () => memory.backend.finish(...given)),
    state: {
      ...state,
      // A process that stands still renews nothing.
      swap: (...given) => (isStill ? Promise.reject(new Error("away")) : state.swap(...given)),
      put: (...given) => noted(`put ${given[0].split(":")[0]}`, () => state.put(...given)),
      remove: (...given) => noted("remove contents", () => state.remove(...given)),
    },
  };
  isStill = false;
  const claim = await claimFor(run, backend.state);
  if (!claim) throw new Error("It was not claimed.");
  return {
    run,
    said,
    jobs,
    writes,
    claim,
    unguarded: backend,
    backend: whileClaimed(backend, claim),
    hold: () => (holds = true),
    standStill: (still: boolean) => (isStill = still),
    /** Another owner takes the claim over. */
    takeOver: () => state.put(KEY, JSON.stringify({ ...OTHER, host: "elsewhere", pid: 7, token: "other" })),
    complete: () => {
      for (const { id, data } of jobs.values())
        if (JSON.stringify(data).includes('"itemId":"item"'))
          completed({ jobId: id, returnvalue: { version: 1, done: [DONE] } });
    },
  };
}

type Owner = Awaited<ReturnType<typeof newOwner>>;

/** What an owner has open: its jobs' board, with one item that asks for its step. */
async function asking({ run, backend, claim }: Owner) {
  const board = await JobBoard.open(backend, "queue", { mayBeThere: false, onError: () => {} });
  const dispatcher = makeDispatcher(run, {
    board,
    state: backend.state,
    epoch: 0,
    claim,
    close: () => board[Symbol.asyncDispose](),
  });
  const [step] = run.pipeline.phases.flatMap((phase) => runnableSteps(phase));
  if (!step) throw new Error("There is no step.");
  const [remote] = dispatcher.stepsOf("notes", [{ step, run: () => Promise.reject(new Error("not here")) }]);
  const ask = async () => remote?.run(ITEM.content, ITEM);
  return { dispatcher, ask };
}

/** What an owner is at when it hears that another one has its session. It goes on with it until the end. */
const ERRANDS: Readonly<Record<string, (owner: Owner) => Promise<() => Promise<unknown>>>> = {
  "waits for a worker": async (owner) => {
    const { ask, dispatcher } = await asking(owner);
    const end = ask();
    return async () => {
      expect(await end).toMatchObject({ end: { kind: "released" } });
      dispatcher.left("notes", "item");
      await dispatcher[Symbol.asyncDispose]();
    };
  },
  "waits for a worker that is at the job": async (owner) => {
    owner.hold();
    const { ask, dispatcher } = await asking(owner);
    const end = ask();
    return async () => {
      expect(await end).toMatchObject({ end: { kind: "released" } });
      dispatcher.left("notes", "item");
      await dispatcher[Symbol.asyncDispose]();
    };
  },
  "has a result that is not recorded": async (owner) => {
    const { ask, dispatcher } = await asking(owner);
    const end = ask();
    await vi.advanceTimersByTimeAsync(10);
    owner.complete();
    await vi.advanceTimersByTimeAsync(10);
    return async () => {
      expect(await end).toMatchObject({ end: { kind: "done" } });
      dispatcher.left("notes", "item");
      await dispatcher[Symbol.asyncDispose]();
    };
  },
  "has an item that its user cancelled": async (owner) => {
    owner.hold();
    const { ask, dispatcher } = await asking(owner);
    const end = ask();
    await vi.advanceTimersByTimeAsync(10);
    owner.run.inFlight.cancel(ITEM);
    await vi.advanceTimersByTimeAsync(10);
    return async () => {
      expect(await end).toMatchObject({ end: { kind: expect.stringMatching(/released|failed/) } });
      await dispatcher[Symbol.asyncDispose]();
    };
  },
  "has given a cancelled item's job up": async (owner) => {
    owner.hold();
    const { ask, dispatcher } = await asking(owner);
    const end = ask();
    await vi.advanceTimersByTimeAsync(10);
    owner.run.inFlight.cancel(ITEM);
    await vi.advanceTimersByTimeAsync(3_100);
    expect(await end).toMatchObject({ end: { failure: "cancelled_by_user" } });
    return async () => {
      owner.complete();
      await dispatcher[Symbol.asyncDispose]();
    };
  },
  "begins another item": async (owner) => {
    const { ask, dispatcher } = await asking(owner);
    return async () => {
      expect(await ask()).toMatchObject({ end: { kind: "released" } });
      await dispatcher[Symbol.asyncDispose]();
    };
  },
  "takes its jobs back": async ({ run, backend }) => {
    const jobs = await openSessionJobs(backend, "queue", run);
    return async () => {
      await jobs.withdraw();
      await jobs.clear();
      await jobs.remove("done");
      await jobs[Symbol.asyncDispose]();
    };
  },
  "clears its queue at the end": async ({ run, backend }) => {
    const atEnd = clearAtEnd({ control: { stopping: false } as never }, () => openSessionJobs(backend, "queue", run));
    return async () => atEnd[Symbol.asyncDispose]();
  },
};

const OF_AN_OWNER = Object.keys(ERRANDS);

describe("an owner whose session another one has taken over", () => {
  it.each(OF_AN_OWNER)("changes nothing of the queue from when it knows: %s", async (what) => {
    const owner = await newOwner();
    const goOn = await ERRANDS[what]?.(owner);
    await vi.advanceTimersByTimeAsync(10);
    await owner.takeOver();
    for (let waitedMs = 0; waitedMs < 10_000 && !owner.claim.lost.aborted; waitedMs += 10)
      await vi.advanceTimersByTimeAsync(10);
    expect(owner.run.control.cause).toMatchObject({ message: expect.stringContaining("one of the two is a copy") });
    owner.writes.length = 0;
    const there = JSON.stringify([...owner.jobs]);
    const end = goOn?.();
    await vi.advanceTimersByTimeAsync(60_000);
    await end;
    await owner.claim[Symbol.asyncDispose]();
    expect(owner.writes).toEqual([]);
    expect(JSON.stringify([...owner.jobs])).toBe(there);
  });

  it.each(["waits for a worker", "takes its jobs back", "clears its queue at the end", "begins another item"])(
    "asks before it changes anything, when it stood still for so long that it may not know: %s",
    async (what) => {
      const owner = await newOwner();
      const goOn = await ERRANDS[what]?.(owner);
      await vi.advanceTimersByTimeAsync(10);
      owner.standStill(true);
      await vi.advanceTimersByTimeAsync(11_000);
      await owner.takeOver();
      owner.standStill(false);
      owner.writes.length = 0;
      const there = JSON.stringify([...owner.jobs]);
      // Its timers have not come to their turn yet.
      if (what === "waits for a worker") owner.run.control.stop({ kind: "user", message: "Ctrl-C" });
      const end = goOn?.();
      await vi.advanceTimersByTimeAsync(60_000);
      await end;
      expect(owner.writes).toEqual([]);
      expect(JSON.stringify([...owner.jobs])).toBe(there);
    },
  );

  it("stops taking its jobs back, and leaves them there", async () => {
    const { run, unguarded, jobs, claim, takeOver, writes } = await newOwner();
    await claim[Symbol.asyncDispose]();
    jobs.set("held", { id: "held", data: dataOf("d"), isHeld: true });
    const end = reclaimFrom(unguarded, { epoch: 0, queue: "queue" }, run);
    await vi.advanceTimersByTimeAsync(1_000);
    await takeOver();
    await vi.advanceTimersByTimeAsync(4_000);
    expect(await end).toBeUndefined();
    writes.length = 0;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(writes).toEqual([]);
  });

  it("goes on when the database was only away for a while", async () => {
    const { claim, standStill } = await newOwner();
    standStill(true);
    await vi.advanceTimersByTimeAsync(11_000);
    await expect(claim.isStillHeld()).rejects.toThrow("away");
    standStill(false);
    expect(await claim.isStillHeld()).toBe(true);
    expect(claim.lost.aborted).toBe(false);
  });
});
