import { systemClock } from "../../../core/base/index.ts";
import { describe, expect, it } from "vitest";
import { InFlight, RunControl, type StepRun } from "../../../core/runner/index.ts";
import { contentBox } from "../queue/content-box.ts";
import { doJob, type JobHold, type JobDeps } from "./do-job.ts";
import { CallNotes } from "./suspect-note.ts";
import { JOB_FORMAT, type JobData } from "../queue/job.ts";
import type { SharedState } from "../queue/shared-state.ts";

const DATA: JobData = {
  version: JOB_FORMAT,
  sessionId: "20260119_143052",
  identity: "0123456789abcdef0123456789abcdef",
  runId: "run",
  phase: "notes",
  itemId: "item",
  sourcePath: "docs.jsonl#1",
  generation: 0,
  steps: ["outline", "polish"],
  content: { text: "{}" },
  done: [],
  lostBefore: 0,
  settings: { retry: {}, lanes: {} },
};

const DONE: StepRun = {
  end: { kind: "done", output: {}, text: "{}", reviewReason: undefined },
  attempts: 1,
  durationMs: 0,
  usage: undefined,
};

const control = new RunControl();
const deps: JobDeps = {
  runnerOf: () => async () => DONE,
  control,
  inFlight: new InFlight({ control, clock: systemClock }),
  callNotes: new CallNotes(),
  mask: (text) => text,
};

/** Contents of these tests travel in the job. */
const nowhere = (): never => {
  throw new Error("Nothing is kept beside the job.");
};
const state: Pick<SharedState, "get" | "put"> = { put: nowhere, get: nowhere };

interface Run {
  readonly kinds: readonly string[] | undefined;
  readonly suspect: { readonly deaths: number } | undefined;
  readonly checkpoints: readonly JobData[];
  readonly alone: number;
}

/** Does a job that was lost so often; returns what was written on the way, and how often it was begun alone. */
async function run(data: JobData, lost: number, { isLeaving = false, isCrowded = false } = {}): Promise<Run> {
  const checkpoints: JobData[] = [];
  let alone = 0;
  const hold: JobHold = {
    lost,
    box: contentBox("id", state),
    reasonOfLoss: async (losses) => `It was lost ${losses} times.`,
    isLeaving: () => isLeaving,
    checkpoint: async (next) => void checkpoints.push(next),
    alone: async (work) => {
      if (isCrowded) return undefined;
      alone += 1;
      return work();
    },
  };
  const result = await doJob(data, deps, hold);
  return { kinds: result?.done.map(({ end }) => end.kind), suspect: result?.suspect, checkpoints, alone };
}

const onTrial = (trial: JobData["trial"], more: Partial<JobData> = {}): JobData => ({ ...DATA, ...more, trial });

describe("a job whose workers died", () => {
  it("is done beside others after the first loss", async () => {
    expect(await run(DATA, 1)).toMatchObject({ kinds: ["done", "done"], suspect: undefined, alone: 0 });
  });

  it("goes back to its owner after two losses without a step done in between, with the steps that are done", async () => {
    expect(await run(DATA, 2)).toEqual({ kinds: [], suspect: { deaths: 0 }, checkpoints: [], alone: 0 });
    expect(await run({ ...DATA, lostBefore: 2 }, 3)).toMatchObject({ kinds: ["done", "done"], suspect: undefined });
    const { done } = (await run({ ...DATA, steps: ["outline"] }, 0)).checkpoints[0] ?? { done: [] };
    expect(await run({ ...DATA, done, lostBefore: 1 }, 3)).toMatchObject({ suspect: { deaths: 0 } });
  });
});

describe("a job on trial", () => {
  it("is done alone until its next step is done, and says before that it is under way", async () => {
    const { kinds, checkpoints, alone } = await run(onTrial({ deaths: 0 }), 0);
    expect({ kinds, alone }).toEqual({ kinds: ["done", "done"], alone: 1 });
    expect(checkpoints[0]).toMatchObject({ trial: { deaths: 0, underWayAt: 0 }, done: [] });
    expect(checkpoints.at(-1)).toMatchObject({ done: [{ step: "outline" }] });
    expect(checkpoints.at(-1)).not.toHaveProperty("trial");
  });

  it("is over before the worker does anything else, also when that was its last step", async () => {
    const { kinds, checkpoints } = await run(onTrial({ deaths: 2 }, { steps: ["outline"] }), 4);
    expect(kinds).toEqual(["done"]);
    expect(checkpoints.at(-1)).toMatchObject({ done: [{ step: "outline" }], lostBefore: 4 });
    expect(checkpoints.at(-1)).not.toHaveProperty("trial");
  });

  // Deaths before, where its call was noted, how often it is lost now, and the deaths that it has then.
  it.each([
    ["a death while its call was under way", { deaths: 0, underWayAt: 0 }, 1, 1],
    ["two deaths at once, of which one was seen", { deaths: 1, underWayAt: 1 }, 3, 2],
    ["a death while it waited", { deaths: 1 }, 2, 1],
    ["being put down", { deaths: 1, underWayAt: 1 }, 1, 1],
  ])("counts %s", async (_, trial, lost, deaths) => {
    const { kinds, checkpoints } = await run(onTrial(trial), lost);
    expect(kinds).toEqual(["done", "done"]);
    expect(checkpoints[0]?.trial).toEqual({ deaths, underWayAt: lost });
  });

  it("is poison when three workers have died while its call was under way alone, and is not tried again", async () => {
    expect(await run(onTrial({ deaths: 2, underWayAt: 2 }), 3)).toMatchObject({ kinds: ["failed"], alone: 0 });
    expect(await run(onTrial({ deaths: 2 }), 9)).toMatchObject({ kinds: ["done", "done"], alone: 1 });
  });

  it("is posted anew with its deaths before BullMQ gives it up for losses that prove nothing", async () => {
    expect(await run(onTrial({ deaths: 2 }), 10)).toMatchObject({ kinds: [], suspect: { deaths: 2 }, alone: 0 });
  });

  it("is put down untouched where others are at work", async () => {
    const put = await run(onTrial({ deaths: 1, underWayAt: 1 }), 2, { isCrowded: true });
    expect(put).toEqual({ kinds: undefined, suspect: undefined, checkpoints: [], alone: 0 });
  });
});

describe("a job whose checkpoint the database refuses", () => {
  it("has failed at that step, with the reason, and is not begun again", async () => {
    const refused = Object.assign(new Error("invalid byte sequence"), { code: "22021" });
    const calls: string[] = [];
    const hold: JobHold = {
      lost: 0,
      box: contentBox("id", state),
      isLeaving: () => false,
      reasonOfLoss: async () => "It was lost.",
      checkpoint: () => Promise.reject(refused),
      alone: (work) => work(),
    };
    const counting: JobDeps = {
      ...deps,
      runnerOf: (_phase, step) => async () => {
        calls.push(step);
        return DONE;
      },
    };
    const result = await doJob(DATA, counting, hold);
    expect(calls).toEqual(["outline"]);
    expect(result?.done).toMatchObject([
      {
        step: "outline",
        attempts: 1,
        end: { kind: "failed", failure: "input", error: { message: expect.stringContaining("invalid byte sequence") } },
      },
    ]);
  });

  it("is begun again when the database only did not answer", async () => {
    const lost = Object.assign(new Error("terminating connection"), { code: "57P01" });
    const hold: JobHold = {
      lost: 0,
      box: contentBox("id", state),
      isLeaving: () => false,
      reasonOfLoss: async () => "It was lost.",
      checkpoint: () => Promise.reject(lost),
      alone: (work) => work(),
    };
    await expect(doJob(DATA, deps, hold)).rejects.toBe(lost);
  });
});

describe("a worker that leaves", () => {
  it("ends the step that it is at, writes it down, and leaves the others to somebody else", async () => {
    const { kinds, checkpoints } = await run(DATA, 0, { isLeaving: true });
    expect(kinds).toBeUndefined();
    expect(checkpoints.map(({ done }) => done.map(({ step }) => step))).toEqual([["outline"]]);
  });

  it("hands in a job whose last step that was", async () => {
    expect(await run({ ...DATA, steps: ["outline"] }, 0, { isLeaving: true })).toMatchObject({ kinds: ["done"] });
  });
});
