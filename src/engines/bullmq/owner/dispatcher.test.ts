import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runnableSteps } from "../../../core/pipeline/index.ts";
import type { StepRun } from "../../../core/runner/index.ts";
import type { PendingItem } from "../../../core/storage/index.ts";
import { memoryState } from "../queue/fixtures/memory-state.ts";
import type { JobData, StepReport } from "../queue/job.ts";
import { makeDispatcher } from "./dispatcher.ts";
import { DONE, HELD, memoryRun } from "./fixtures/memory-jobs.ts";
import type { JobEnd, Jobs } from "./job-board.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const ITEM: PendingItem = {
  phase: "notes",
  itemId: "item",
  sourcePath: "docs.jsonl#1",
  content: {},
  nextStep: 0,
  generation: 0,
  keyGeneration: undefined,
  force: false,
  depth: 0,
  collected: false,
  reviewReason: undefined,
};

const HERE: StepRun = {
  end: { kind: "done", output: "made here", text: '"made here"', reviewReason: undefined },
  attempts: 1,
  durationMs: 0,
  usage: undefined,
};

const result = (...done: readonly StepReport[]): JobEnd => ({ kind: "result", result: { version: 1, done } });
const by = (step: string): StepReport => ({ ...DONE, step });

/** The owner of a phase with the steps `ask` and `polish`, beside a queue that answers with `ends`, one after the other. */
function newOwner(ends: readonly (JobEnd | Promise<JobEnd>)[], { isHeld = false } = {}) {
  const { run, said } = memoryRun();
  const asked: string[] = [];
  const posted: JobData[] = [];
  const left = [...ends];
  const board: Jobs = {
    async post(_id, data) {
      posted.push(data);
      asked.push("post");
      return (await left.shift()) ?? new Promise(() => {});
    },
    async takeBack() {
      asked.push("takeBack");
      return !isHeld;
    },
    async discard() {
      asked.push("discard");
      return !isHeld;
    },
    abandon: () => void asked.push("abandon"),
    forget: () => void asked.push("forget"),
    remove: async () => void asked.push("remove"),
  };
  const state = memoryState();
  const dispatcher = makeDispatcher(run, {
    board,
    state,
    epoch: 0,
    claim: HELD,
    close: async () => {},
  });
  const [ask] = run.pipeline.phases.flatMap((phase) => runnableSteps(phase));
  if (!ask) throw new Error("There is no step.");
  const steps = dispatcher.stepsOf("notes", [
    { step: ask, run: async () => HERE },
    { step: { ...ask, name: "polish" }, run: async () => HERE },
  ]);
  return { run, said, asked, posted, state, dispatcher, ask: async (index = 0) => steps[index]?.run({}, ITEM) };
}

describe("an item that its user cancelled", () => {
  it("leaves no job behind, whatever was done of it, when no worker is at it", async () => {
    const { run, asked, ask } = newOwner([]);
    const end = ask();
    await vi.advanceTimersByTimeAsync(10);
    run.inFlight.cancel(ITEM);
    await vi.advanceTimersByTimeAsync(10);
    expect(await end).toMatchObject({ end: { kind: "failed", failure: "cancelled_by_user" } });
    expect(asked).toEqual(["post", "discard"]);
  });

  it("is given up after a while when its worker does not answer, and its job is removed when that one is done", async () => {
    const { run, asked, state, ask } = newOwner([], { isHeld: true });
    const end = ask();
    await vi.advanceTimersByTimeAsync(10);
    run.inFlight.cancel(ITEM);
    await vi.advanceTimersByTimeAsync(2_900);
    expect(asked).toEqual(["post", "discard"]);
    expect(await state.list("cancel:")).toEqual(["cancelled"]);
    await vi.advanceTimersByTimeAsync(200);
    expect(await end).toMatchObject({ end: { kind: "failed", failure: "cancelled_by_user" } });
    expect(asked).toEqual(["post", "discard", "abandon"]);
  });
});

it.each<readonly [how: string, stop: "haltNow" | "stop"]>([
  ["drains", "stop"],
  ["is halted", "haltNow"],
])("an item whose content is being packed when the run %s is given to no worker", async (_, stop) => {
  const { run, posted, ask } = newOwner([]);
  const end = ask();
  run.control[stop]({ kind: "user", message: "stop" });
  await vi.advanceTimersByTimeAsync(10);
  expect(await end).toMatchObject({ end: { kind: "released" } });
  expect(posted).toEqual([]);
});

describe("a job that the queue gave up", () => {
  const lost = (done: readonly StepReport[], problem?: string): JobEnd => ({
    kind: "lost",
    reason: "job stalled more than allowable limit",
    done,
    ...(problem !== undefined && { problem }),
  });

  it.each<{ readonly what: string; readonly end: JobEnd; readonly ends: readonly string[]; readonly says: number }>([
    { what: "before its first step", end: lost([]), ends: ["failed"], says: 0 },
    { what: "after its first step", end: lost([by("ask")]), ends: ["done", "failed"], says: 0 },
    { what: "after its last step", end: lost([by("ask"), by("polish")]), ends: ["done", "done"], says: 0 },
    { what: "with a checkpoint that cannot be read", end: lost([], "it is gone"), ends: ["failed"], says: 1 },
    { what: "with a checkpoint of other steps", end: lost([by("ask"), by("sing")]), ends: ["failed"], says: 1 },
  ])("keeps what was done of it, and fails its item at the next step: $what", async ({ end, ends, says }) => {
    const { said, asked, dispatcher, ask } = newOwner([end]);
    for (const [index, kind] of ends.entries()) {
      expect(await ask(index)).toMatchObject({ end: { kind, ...(kind === "failed" && { failure: "poison" }) } });
    }
    expect(said).toHaveLength(says);
    dispatcher.left("notes", "item");
    expect(asked).toEqual(["post", "remove"]);
  });
});

describe("a job that reports on nothing that was asked for", () => {
  it.each<readonly [string, readonly StepReport[], number]>([
    ["on no step", [], 0],
    ["on steps that are recorded", [by("ask")], 1],
  ])("is removed, and posted once more: %s", async (_what, done, index) => {
    const { asked, posted, said, dispatcher, ask } = newOwner([result(...done), result(by("ask"), by("polish"))]);
    expect(await ask(index)).toMatchObject({ end: { kind: "done", output: 1 } });
    expect(asked).toEqual(["post", "remove", "post"]);
    expect(posted[0]).toEqual(posted[1]);
    expect(said).toEqual([]);
    // What was not recorded stays for a resume.
    dispatcher.left("notes", "item");
    expect(asked).toEqual(index === 0 ? ["post", "remove", "post"] : ["post", "remove", "post", "remove"]);
  });

  it("fails its item, with the reason, when it does so again", async () => {
    const { asked, said, dispatcher, ask } = newOwner([result(), result()]);
    expect(await ask()).toMatchObject({ end: { kind: "failed", failure: "transient" } });
    expect(said).toEqual([expect.stringContaining('it does not report on "ask"')]);
    dispatcher.left("notes", "item");
    expect(asked).toEqual(["post", "remove", "post", "remove"]);
  });

  it("is done here where no worker is asked any more", async () => {
    const { asked, ask } = newOwner([result(), { kind: "absent" }]);
    expect(await ask()).toBe(HERE);
    expect(asked).toEqual(["post", "remove", "post"]);
  });

  it("is left there by a run that was told to stop", async () => {
    const { promise, resolve } = Promise.withResolvers<JobEnd>();
    const { run, asked, ask } = newOwner([promise], { isHeld: true });
    const end = ask();
    await vi.advanceTimersByTimeAsync(10);
    run.control.stop({ kind: "user", message: "Ctrl-C" });
    resolve(result());
    expect(await end).toMatchObject({ end: { kind: "released" } });
    expect(asked).not.toContain("remove");
  });
});
