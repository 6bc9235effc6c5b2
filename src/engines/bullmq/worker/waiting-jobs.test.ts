import { describe, expect, it } from "vitest";
import { waitingJobs } from "./waiting-jobs.ts";

const ORPHANED = "0".repeat(32);
const OWNED = "1".repeat(32);

/** A queue with jobs that were put down, which counts how often one is read. */
function newQueue(delayed: readonly (readonly [id: string, identity: string])[], waiting = 0) {
  const jobs = new Map(delayed);
  const read: string[] = [];
  const queue = {
    getJobCounts: async () => ({ waiting, delayed: jobs.size, prioritized: 0 }),
    getRanges: async () => [...jobs.keys()],
    getJob: async (id: string) => {
      read.push(id);
      const identity = jobs.get(id);
      return identity === undefined ? undefined : { id, data: { identity } };
    },
  };
  const owners = { isOrphaned: (identity: string) => identity === ORPHANED };
  return { jobs, read, count: waitingJobs(queue as never, owners) };
}

const many = (identity: string): readonly (readonly [string, string])[] =>
  Array.from({ length: 1_000 }, (_, n) => [`job ${n}`, identity] as const);

describe("jobs that a worker may begin", () => {
  it.each([
    ["nothing", [], 0, 0],
    ["jobs that wait", [], 3, 3],
    ["jobs that wait beside some that were put down", many(ORPHANED), 1, 1_001],
    ["jobs that were put down for owners that are gone", many(ORPHANED), 0, 0],
    ["jobs that were put down for owners that are back", many(OWNED), 0, 1_000],
  ] as const)("are counted of %s", async (_, delayed, waiting, count) => {
    expect(await newQueue(delayed, waiting).count()).toBe(count);
  });

  it("are each read once, however often they are counted", async () => {
    const { jobs, read, count } = newQueue(many(ORPHANED));
    for (let n = 0; n < 10; n += 1) expect(await count()).toBe(0);
    expect(read).toHaveLength(1_000);
    jobs.set("another", OWNED);
    jobs.delete("job 1");
    expect(await count()).toBe(1);
    expect(read).toHaveLength(1_001);
  });
});
