import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Backend, JobEvents, JobQueue } from "../queue/backend.ts";
import { JOB_FORMAT, type JobData, type JobResult } from "../queue/job.ts";
import { sharedStateWith } from "../queue/fixtures/shared-state.ts";
import { JobBoard, type JobEnd } from "./job-board.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const dataOf = (itemId: string): JobData => ({
  version: JOB_FORMAT,
  sessionId: "20260119_143052",
  identity: "0123456789abcdef0123456789abcdef",
  runId: "this run",
  phase: "notes",
  itemId,
  sourcePath: "docs.jsonl#1",
  generation: 1,
  steps: ["ask"],
  content: { text: "{}" },
  done: [],
  lostBefore: 0,
  settings: { retry: {}, lanes: {} },
});

const STOPPED: JobResult = {
  version: 1,
  done: [
    { step: "ask", end: { kind: "done", output: { text: "1" } }, attempts: 1, durationMs: 1 },
    { step: "polish", end: { kind: "stopped", failure: "quota", message: "no credit" }, attempts: 1, durationMs: 1 },
  ],
};

interface FinishedJob {
  readonly data: JobData;
  readonly returnvalue: JobResult;
}

interface BoardOptions {
  /** How long the answer that a job was taken back is on its way, in milliseconds. */
  readonly answersAfterMs?: number;
  /** Ids of jobs that the database refuses. */
  readonly refuses?: readonly string[];
  /** Ids of jobs that a worker has put down for a while. */
  readonly delayed?: readonly string[];
}

const REFUSED = Object.assign(new Error("unsupported Unicode escape sequence"), { code: "22P05" });

/** A queue that keeps what is added, and says that `finished` is done; no event tells of it. */
async function openBoard(
  finished: ReadonlyMap<string, FinishedJob> = new Map(),
  { refuses = [], delayed = [], answersAfterMs = 0 }: BoardOptions = {},
) {
  const tries: (readonly string[])[] = [];
  const added: { readonly id: string; readonly data: unknown }[] = [];
  const left = new Map(finished);
  const promoted: string[] = [];
  const queue = {
    addBulk: async (jobs: readonly { readonly data: unknown; readonly opts?: { readonly jobId?: string } }[]) => {
      tries.push(jobs.map(({ opts }) => opts?.jobId ?? ""));
      if (jobs.some(({ opts }) => refuses.includes(opts?.jobId ?? ""))) throw REFUSED;
      for (const { data, opts } of jobs) added.push({ id: opts?.jobId ?? "", data });
      return [];
    },
    getJob: async (id: string) => {
      if (takenBack.includes(id)) return undefined;
      const job = left.get(id);
      return {
        ...job,
        delay: delayed.includes(id) && !promoted.includes(id) ? 60_000 : 0,
        finishedOn: job && 1,
        failedReason: undefined,
        promote: async () => void promoted.push(id),
      };
    },
    waitUntilReady: async () => {},
    close: async () => {},
    remove: async (id: string) => Number(left.delete(id)),
  };
  const listeners = new Map<string, (told: never) => void>();
  const events = {
    on: (event: string, listener: (told: never) => void) => listeners.set(event, listener),
    waitUntilReady: async () => {},
    close: async () => {},
  };
  const takenBack: string[] = [];
  const backend = {
    openQueue: () => queue as unknown as JobQueue,
    openEvents: () => events as unknown as JobEvents,
    state: sharedStateWith({}),
    async takeBack(_queue: string, id: string) {
      takenBack.push(id);
      if (answersAfterMs > 0) await new Promise((resolve) => setTimeout(resolve, answersAfterMs));
      return true;
    },
  };
  const onError = (error: unknown): never => {
    throw error;
  };
  const board = await JobBoard.open(backend as unknown as Backend, "queue", { mayBeThere: false, onError });
  const fail = (jobId: string): void => listeners.get("failed")?.({ jobId, failedReason: "stalled" } as never);
  return { board, added, promoted, takenBack, tries, fail };
}

describe("an owner's job", () => {
  it("is never sent when it is taken back before that", async () => {
    const { board, added, takenBack } = await openBoard();
    const ends: JobEnd[] = [];
    void board.post("a", dataOf("a")).then((end) => ends.push(end));
    void board.post("b", dataOf("b")).then((end) => ends.push(end));
    expect(await board.takeBack("a")).toBe(true);
    await vi.advanceTimersByTimeAsync(100);
    expect(added.map(({ id }) => id)).toEqual(["b"]);
    expect(takenBack).toEqual([]);
    expect(board.size).toBe(1);
    await board[Symbol.asyncDispose]();
  });

  it("is not posted again by a look that finds it gone before the answer comes that it was taken back", async () => {
    const { board, added } = await openBoard(new Map(), { answersAfterMs: 5_000 });
    void board.post("a", dataOf("a"));
    await vi.advanceTimersByTimeAsync(100);
    const taken = board.takeBack("a");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await taken).toBe(true);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(added.map(({ id }) => id)).toEqual(["a"]);
    expect(board.size).toBe(0);
    await board[Symbol.asyncDispose]();
  });

  it("stops the run that it was stopped in, also when only a look finds that out", async () => {
    const { board, added } = await openBoard(new Map([["a", { data: dataOf("a"), returnvalue: STOPPED }]]));
    const end = board.post("a", dataOf("a"));
    await vi.advanceTimersByTimeAsync(1_500);
    expect(await end).toEqual({ kind: "result", result: STOPPED });
    expect(added).toHaveLength(1);
    await board[Symbol.asyncDispose]();
  });

  it("is posted again with what was done, when what stopped it was another run", async () => {
    const data = { ...dataOf("a"), runId: "the run before" };
    const { board, added } = await openBoard(new Map([["a", { data, returnvalue: STOPPED }]]));
    void board.post("a", dataOf("a"));
    await vi.advanceTimersByTimeAsync(1_500);
    expect(added.at(-1)).toMatchObject({ id: "a", data: { runId: "this run", done: [{ step: "ask" }] } });
    expect(added).toHaveLength(2);
    await board[Symbol.asyncDispose]();
  });
});

it("a job that a worker put down while its owner was gone is promoted", async () => {
  const { board, promoted } = await openBoard(new Map(), { delayed: ["a"] });
  for (const id of ["a", "b"]) void board.post(id, dataOf(id));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(promoted).toEqual(["a"]);
  await board[Symbol.asyncDispose]();
});

describe("a job that the database refuses", () => {
  it("ends so, once, and takes none of the others with it", async () => {
    const { board, added, tries } = await openBoard(new Map(), { refuses: ["b"] });
    const ends: (readonly [string, JobEnd])[] = [];
    for (const id of ["a", "b", "c"]) void board.post(id, dataOf(id)).then((end) => ends.push([id, end]));
    await vi.advanceTimersByTimeAsync(900);
    expect(ends).toEqual([["b", { kind: "refused", reason: REFUSED.message }]]);
    expect(added.map(({ id }) => id)).toEqual(["a", "c"]);
    expect(tries).toEqual([["a", "b", "c"], ["a"], ["b"], ["c"]]);
    expect(board.size).toBe(2);
    await board[Symbol.asyncDispose]();
  });
});

describe("a result that is not one", () => {
  it.each([
    ["nothing", null, "it is not of the form"],
    ["a text", "done", "it is not of the form"],
    ["no reports", { version: 1 }, "`done` is not of the form"],
    ["another version's", { version: 2, done: [] }, "`version` is not of the form"],
    [
      "a report without an end",
      { version: 1, done: [{ step: "ask", attempts: 1, durationMs: 1 }] },
      "`done.0.end` is not of the form",
    ],
    [
      "attempts that no run has",
      { version: 1, done: [{ ...STOPPED.done[0], attempts: 2 ** 53 - 1 }] },
      "`done.0.attempts`",
    ],
    ["a time before time", { version: 1, done: [{ ...STOPPED.done[0], durationMs: -1 }] }, "`done.0.durationMs`"],
  ])("says what is wrong with it: %s", async (_what, returnvalue, reason) => {
    const finished = new Map([["a", { data: dataOf("a"), returnvalue: returnvalue as unknown as JobResult }]]);
    const { board } = await openBoard(finished);
    const end = board.post("a", dataOf("a"));
    await vi.advanceTimersByTimeAsync(1_500);
    expect(await end).toEqual({ kind: "unreadable", reason: expect.stringContaining(reason) });
    await board[Symbol.asyncDispose]();
  });
});

it("a job that the queue gave up ends with what workers had finished of it", async () => {
  const [done] = STOPPED.done;
  const data = { ...dataOf("a"), done: done ? [done] : [] };
  const { board, fail } = await openBoard(new Map([["a", { data, returnvalue: STOPPED }]]));
  const end = board.post("a", dataOf("a"));
  await vi.advanceTimersByTimeAsync(100);
  fail("a");
  await vi.advanceTimersByTimeAsync(100);
  expect(await end).toEqual({ kind: "lost", reason: "stalled", done: [done] });
  await board[Symbol.asyncDispose]();
});

it("a board that is closed keeps no process alive", async () => {
  const { board } = await openBoard();
  await board[Symbol.asyncDispose]();
  expect(vi.getTimerCount()).toBe(0);
});

describe("a job of which nothing is wanted any more", () => {
  const backendWith = (held: Set<string>, jobs: Map<string, { readonly finishedOn?: number }>) => {
    const looks: string[] = [];
    const queue = {
      waitUntilReady: async () => {},
      close: async () => {},
      addBulk: async () => [],
      getJob: async (id: string) => jobs.get(id),
      remove: async (id: string) => Number(jobs.delete(id)),
    };
    const backend = {
      state: sharedStateWith({}),
      openQueue: () => queue,
      openEvents: () => ({ on: () => {}, waitUntilReady: async () => {}, close: async () => {} }),
      async discard(_queue: string, id: string) {
        looks.push(id);
        return !held.has(id) && jobs.get(id)?.finishedOn === undefined && jobs.delete(id);
      },
    };
    const open = JobBoard.open(backend as unknown as Backend, "queue", { mayBeThere: false, onError: () => {} });
    return { open, looks };
  };

  it.each<readonly [string, (held: Set<string>, jobs: Map<string, { readonly finishedOn?: number }>) => void]>([
    ["has ended", (_held, jobs) => jobs.set("a", { finishedOn: 1 })],
    ["was given back, with its checkpoint", (held) => held.delete("a")],
    ["has died", (held) => held.delete("a")],
    ["was removed", (_held, jobs) => jobs.delete("a")],
  ])("is removed as soon as its worker %s", async (_what, happens) => {
    const held = new Set(["a"]);
    const jobs = new Map<string, { readonly finishedOn?: number }>([["a", {}]]);
    const { open, looks } = backendWith(held, jobs);
    const board = await open;
    void board.post("a", dataOf("a"));
    await vi.advanceTimersByTimeAsync(100);
    expect(await board.discard("a")).toBe(false);
    board.abandon("a");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(jobs.has("a")).toBe(true);
    happens(held, jobs);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(jobs.has("a")).toBe(false);
    const { length } = looks;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(looks).toHaveLength(length);
    await board[Symbol.asyncDispose]();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is looked at for the last time when the board is closed", async () => {
    const held = new Set(["a"]);
    const jobs = new Map([["a", {}]]);
    const board = await backendWith(held, jobs).open;
    board.abandon("a");
    held.clear();
    await board[Symbol.asyncDispose]();
    expect(jobs.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
