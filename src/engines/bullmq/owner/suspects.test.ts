import { describe, expect, it } from "vitest";
import { runnableSteps } from "../../../core/pipeline/index.ts";
import type { PendingItem } from "../../../core/storage/index.ts";
import { memoryState } from "../queue/fixtures/memory-state.ts";
import type { JobData, StepReport } from "../queue/job.ts";
import { makeDispatcher } from "./dispatcher.ts";
import { DONE, HELD, memoryRun } from "./fixtures/memory-jobs.ts";
import type { JobEnd, Jobs } from "./job-board.ts";

const by = (step: string): StepReport => ({ ...DONE, step });
const result = (...done: readonly StepReport[]): JobEnd => ({ kind: "result", result: { version: 1, done } });
const handedBack = (deaths: number, ...done: readonly StepReport[]): JobEnd => ({
  kind: "result",
  result: { version: 1, done, suspect: { deaths } },
});

const item = (itemId: string): PendingItem => ({
  phase: "notes",
  itemId,
  sourcePath: "docs.jsonl#1",
  content: {},
  nextStep: 0,
  generation: 0,
  keyGeneration: undefined,
  force: false,
  depth: 0,
  collected: false,
  reviewReason: undefined,
});

/** The owner of a phase with the steps `ask` and `polish`, beside a queue that answers with `ends`, one after the other. */
function newOwner(ends: readonly JobEnd[]) {
  const { run } = memoryRun();
  const asked: string[] = [];
  const posted: JobData[] = [];
  const left = [...ends];
  const board: Jobs = {
    async post(_id, data) {
      asked.push("post");
      posted.push(data);
      return left.shift() ?? new Promise(() => {});
    },
    takeBack: async () => true,
    discard: async () => true,
    abandon: () => {},
    forget: () => {},
    remove: async () => void asked.push("remove"),
  };
  const dispatcher = makeDispatcher(run, { board, state: memoryState(), epoch: 0, claim: HELD, close: async () => {} });
  const [ask] = run.pipeline.phases.flatMap((phase) => runnableSteps(phase));
  if (!ask) throw new Error("There is no step.");
  const nowhere = (): never => {
    throw new Error("Nothing is done here.");
  };
  const steps = dispatcher.stepsOf("notes", [
    { step: ask, run: nowhere },
    { step: { ...ask, name: "polish" }, run: nowhere },
  ]);
  return {
    asked,
    posted,
    dispatcher,
    /** Takes an item through its steps, from that one on, as far as they are done; says how each ended. */
    async take(itemId: string, from = 0): Promise<readonly (string | undefined)[]> {
      const kinds: (string | undefined)[] = [];
      for (const step of steps.slice(from)) {
        const end = (await step.run({}, item(itemId))).end.kind;
        kinds.push(end);
        if (end !== "done") break;
      }
      dispatcher.left("notes", itemId);
      return kinds;
    },
  };
}

describe("an item whose job workers hand back", () => {
  it("leaves the window, and is posted again for its trial when it is its turn", async () => {
    const { take, asked, posted, dispatcher } = newOwner([handedBack(1), result(by("ask"), by("polish"))]);
    expect(await take("a")).toEqual(["released"]);
    // Until then its job stays where it is: a process that goes on after this one knows by it.
    expect(asked).toEqual(["post"]);
    expect(dispatcher.takeSuspects("other")).toEqual([]);
    expect(dispatcher.takeSuspects("notes")).toEqual(["a"]);
    expect(dispatcher.takeSuspects("notes")).toEqual([]);
    expect(await take("a")).toEqual(["done", "done"]);
    expect(asked).toEqual(["post", "remove", "post", "remove"]);
    expect(posted.map(({ trial }) => trial)).toEqual([undefined, { deaths: 1 }]);
    expect(dispatcher.takeSuspects("notes")).toEqual([]);
  });

  it("keeps the steps that were done of it before, and goes on behind them", async () => {
    const { take, posted, dispatcher } = newOwner([handedBack(0, by("ask")), result(by("polish"))]);
    expect(await take("a")).toEqual(["done", "released"]);
    expect(dispatcher.takeSuspects("notes")).toEqual(["a"]);
    expect(await take("a", 1)).toEqual(["done"]);
    expect(posted.map(({ steps, trial }) => ({ steps, trial }))).toEqual([
      { steps: ["ask", "polish"], trial: undefined },
      { steps: ["polish"], trial: { deaths: 0 } },
    ]);
  });

  it("is found as one by the next run of its session, also when its steps are recorded", async () => {
    const { take, dispatcher, posted } = newOwner([handedBack(2, by("ask"))]);
    expect(await take("a", 1)).toEqual(["released"]);
    expect(posted).toHaveLength(1);
    expect(dispatcher.takeSuspects("notes")).toEqual(["a"]);
  });

  it("is no suspect in what comes after its trial, and may become one again", async () => {
    const { take, posted, dispatcher } = newOwner([
      handedBack(0),
      handedBack(2),
      result(by("ask"), by("polish")),
      result(by("ask"), by("polish")),
    ]);
    await take("a");
    dispatcher.takeSuspects("notes");
    expect(await take("a")).toEqual(["released"]);
    expect(dispatcher.takeSuspects("notes")).toEqual(["a"]);
    await take("a");
    await take("a");
    expect(posted.map(({ trial }) => trial?.deaths)).toEqual([undefined, 0, 2, undefined]);
  });

  it("has its turn before those of which more workers died", async () => {
    const { take, dispatcher } = newOwner([handedBack(2), handedBack(0), handedBack(1)]);
    for (const id of ["a", "b", "c"]) await take(id);
    expect(dispatcher.takeSuspects("notes")).toEqual(["b", "c", "a"]);
  });
});
