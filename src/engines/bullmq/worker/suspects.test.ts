import { describe, expect, it } from "vitest";
import { createExtractive } from "../../../llm/extractive/index.ts";
import { definePipeline, defineStep } from "../../../core/pipeline/index.ts";
import { watchRunningCode } from "../../../core/runner/index.ts";
import { contentBox } from "../queue/content-box.ts";
import { sharedStateWith } from "../queue/fixtures/shared-state.ts";
import { JOB_FORMAT, type JobData, type JobResult } from "../queue/job.ts";
import type { PermitAnswer } from "../queue/shared-state.ts";
import { doJob } from "./do-job.ts";
import { suspectNote } from "./suspect-note.ts";
import { WorkerRuns } from "./worker-runs.ts";

const LATER: PermitAnswer = { kind: "later", waitMs: 1 };
const TAKEN: PermitAnswer = { kind: "taken" };

interface Suspect {
  /** What happened, and what the job said of it then: whether a worker that dies now is its doing. */
  readonly moments: string[];
  /** Does the job; `refuses` says which write of it the database does not take, from 1. */
  readonly work: (options?: { readonly refuses?: number }) => Promise<JobResult | undefined>;
}

const AWAY = Object.assign(new Error("terminating connection"), { code: "57P01" });

/** A job that was lost twice, in a worker with the real runner and the real lanes; `turns` are what lanes answer it. */
async function newSuspect(
  step: (note: (moment: string) => void) => { readonly name: string },
  turns: readonly PermitAnswer[] = [],
): Promise<Suspect & Disposable> {
  const moments: string[] = [];
  let written: JobData | undefined;
  const note = (moment: string): void =>
    void moments.push(`${moment}: ${written?.trial?.underWayAt === undefined ? "innocent" : "accused"}`);
  const left = [...turns];
  const state = sharedStateWith({
    async take() {
      // The way to a database and back.
      for (const _ of ["there", "back"]) await new Promise((resolve) => void setImmediate(resolve));
      const turn = left.shift() ?? TAKEN;
      if (turn.kind === "later") note("waits for its turn");
      return turn;
    },
    release: async () => ({ unreached: 0, isDown: false }),
  });
  const made = step(note);
  const pipeline = definePipeline("docs").phase("notes", (phase) =>
    phase
      // oxlint-disable-next-line require-yield -- nothing is read
      .extract({ name: "none", version: 1, check: async () => [], async *read() {} })
      .transform(made as never)
      .load({ name: "nowhere", version: 1, check: async () => {}, load: async () => ({ outputPath: "nowhere" }) }),
  );
  const model = createExtractive();
  const watched = watchRunningCode(() => {});
  const { running } = watched;
  const runs = new WorkerRuns({
    pipeline,
    model,
    modelInfo: await model.check(),
    services: {},
    state,
    running,
    say: () => {},
  });
  const data: JobData = {
    version: JOB_FORMAT,
    sessionId: "20260119_143052",
    identity: "0123456789abcdef0123456789abcdef",
    runId: "run",
    phase: "notes",
    itemId: "item",
    sourcePath: "docs.jsonl#1",
    generation: 0,
    steps: [made.name],
    content: { text: "{}" },
    done: [],
    lostBefore: 0,
    trial: { deaths: 1 },
    settings: { retry: { maxAttempts: 2, minWaitSeconds: 0, maxWaitSeconds: 0 }, lanes: { api: {} } },
  };
  const deps = await runs.depsOf(data);
  let writes = 0;
  return {
    moments,
    work: ({ refuses } = {}) =>
      doJob(data, deps, {
        lost: 2,
        box: contentBox("id", state),
        isLeaving: () => false,
        reasonOfLoss: async () => "It was lost.",
        checkpoint: async (next) => {
          writes += 1;
          if (writes === refuses) throw AWAY;
          written = next;
        },
        alone: (work) => work(),
      }),
    [Symbol.dispose]: () => watched[Symbol.dispose](),
  };
}

const compute = (note: (moment: string) => void) =>
  defineStep({
    name: "compute",
    process: (content) => {
      note("computes");
      return content;
    },
  });

describe("a suspect", () => {
  it("is accused while its call is under way, and not while it waits for its lane or for another attempt", async () => {
    let attempts = 0;
    const ask = (note: (moment: string) => void) =>
      defineStep({
        name: "ask",
        lane: "api",
        process: async (content) => {
          attempts += 1;
          note(`attempt ${attempts}`);
          if (attempts === 1) throw Object.assign(new Error("busy"), { status: 500 });
          return content;
        },
      });
    using suspect = await newSuspect(ask, [LATER, LATER, TAKEN, LATER, TAKEN]);
    expect((await suspect.work())?.done.map(({ end }) => end.kind)).toEqual(["done"]);
    expect(suspect.moments).toEqual([
      "waits for its turn: innocent",
      "waits for its turn: innocent",
      "attempt 1: accused",
      "waits for its turn: innocent",
      "attempt 2: accused",
    ]);
  });

  it("is accused while a step that names no lane computes", async () => {
    using suspect = await newSuspect(compute);
    await suspect.work();
    expect(suspect.moments).toEqual(["computes: accused"]);
  });

  // The writes of such a step: before its content is read, when it waits for its lane, before its call.
  it.each([
    [1, "begun again"],
    [2, "done"],
    [3, "begun again"],
    [4, "done"],
  ])("has no call without a note, and loses no answer: without write %j it is %s", async (refuses, ends) => {
    using suspect = await newSuspect((note) => ({ ...compute(note), lane: "api" }), [LATER, TAKEN]);
    const end = await suspect.work({ refuses }).catch((error: unknown) => error);
    if (ends === "done") expect(end).toMatchObject({ done: [{ end: { kind: "done" } }] });
    else expect(end).toBe(AWAY);
    expect(suspect.moments.filter((moment) => moment.startsWith("computes"))).toEqual(
      ends === "done" ? ["computes: accused"] : [],
    );
  });

  it("is not written over by a call that its step lets run on", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const written: JobData[] = [];
    const note = suspectNote({ steps: ["ask"] } as unknown as JobData, {
      lost: 2,
      deaths: 1,
      checkpoint: async (data) => void written.push(data),
    });
    await note.begins();
    const call = promise.then(() => note.calls.ends());
    await note.close();
    resolve();
    await call;
    await new Promise((settled) => void setImmediate(settled));
    await note.begins();
    expect(written).toEqual([{ steps: ["ask"], trial: { deaths: 1, underWayAt: 2 } }]);
  });
});
