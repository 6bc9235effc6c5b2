import { describe, expect, it } from "vitest";
import { clearAtEnd } from "./clear-at-end.ts";
import { DONE, dataOf, memoryQueue, memoryRun } from "./fixtures/memory-jobs.ts";
import { openSessionJobs } from "./session-jobs.ts";

/** A queue with what an earlier run left of a session there. */
const queueWithLeftovers = () =>
  memoryQueue([
    { id: "waits", data: dataOf("a") },
    { id: "done", data: dataOf("b"), returnvalue: { version: 1, done: [DONE] } },
    { id: "held", data: dataOf("c"), isHeld: true },
    { id: "another's", data: { ...dataOf("a"), identity: "another" } },
  ]);

const ALL = ["waits", "done", "held", "another's"];

describe("the jobs that are left of a session when its run ends", () => {
  it.each([
    ["are removed, but for those that a worker is at, when all items have ended", false, ["held", "another's"]],
    ["stay for the next run when this one was stopped", true, ALL],
  ])("%s", async (_, isStopped, left) => {
    const { backend, jobs } = queueWithLeftovers();
    const { run } = memoryRun();
    {
      await using __ = clearAtEnd(run, () => openSessionJobs(backend, "queue", run));
      if (isStopped) run.control.stop({ kind: "user", message: "Ctrl-C" });
    }
    expect([...jobs.keys()]).toEqual(left);
  });

  it("hold up nobody when the queue does not answer", async () => {
    const { run } = memoryRun();
    await using __ = clearAtEnd(run, () => Promise.reject(new Error("ECONNREFUSED")));
  });
});
