import { beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../core/base/index.ts";
import { StepError } from "../../../core/failure/index.ts";
import { definePipeline, defineStep, runnableSteps, type RunnableStep } from "../../../core/pipeline/index.ts";
import {
  InFlight,
  RunControl,
  type PlannedStep,
  type StepEnd,
  type StepRun,
  withoutCall,
} from "../../../core/runner/index.ts";
import { noLeases, type PendingItem } from "../../../core/storage/index.ts";
import { answeredOnce, cacheAnswer } from "./cached-answers.ts";

const ITEMS = 20;

const item = (n: number, more: Partial<PendingItem> = {}): PendingItem => ({
  phase: "work",
  itemId: `i${n}`,
  sourcePath: "list",
  content: "kelp",
  nextStep: 0,
  generation: 1,
  force: false,
  depth: 0,
  collected: false,
  reviewReason: undefined,
  ...more,
});

function stepThat(cache: boolean): RunnableStep {
  const { phases } = definePipeline("docs").phase("work", (phase) =>
    phase
      .extract({ name: "read", version: 1, check: async () => [], async *read() {} })
      .transform(defineStep({ name: "ask", cache, process: (text: unknown) => text as string }))
      .load({ name: "keep", version: 1, check: async () => {}, load: async () => ({ outputPath: "memory" }) }),
  );
  const [step] = phases.flatMap(runnableSteps);
  if (!step) throw new Error("The phase has no step.");
  return step;
}

const ENDS = {
  done: { kind: "done", output: "Kelp.", text: '"Kelp."', reviewReason: undefined },
  review: { kind: "done", output: "Kelp.", text: '"Kelp."', reviewReason: "too short" },
  failed: { kind: "failed", failure: "input", error: new StepError("input", "no"), failedAttempts: [] },
} satisfies Record<string, StepEnd>;

let control: RunControl;
let inFlight: InFlight;
let answers: Map<string, string>;
let jobs: (() => void)[];
beforeEach(() => {
  control = new RunControl();
  inFlight = new InFlight({ control, clock: systemClock });
  answers = new Map();
  jobs = [];
});

interface Asked {
  readonly cache?: boolean;
  readonly useCache?: boolean;
  readonly end?: StepEnd;
  readonly isDone?: boolean;
}

/** A step whose jobs end when the test says so. */
function remote({ cache = true, useCache = true, end = ENDS.done, isDone = false }: Asked): PlannedStep {
  const step = stepThat(cache);
  const run = {
    answers: {
      get: (key: string) => answers.get(key),
      set: (key: string, _: string, text: string) => void answers.set(key, text),
    },
    answerSetting: () => ({ pipeline: "docs", model: { fingerprint: "api:model", lane: "api" } }),
    leases: useCache ? noLeases : undefined,
    control,
    inFlight,
    settings: { retry: {}, lanes: {}, prices: {} },
  };
  const planned: PlannedStep = {
    step,
    isDoneFor: () => isDone,
    async run(content): Promise<StepRun> {
      await new Promise<void>((resolve) => jobs.push(resolve));
      cacheAnswer(step, content, withoutCall(end), run);
      return { end, attempts: 1, durationMs: 0, usage: undefined };
    },
  };
  return answeredOnce(planned, run);
}

/** Lets all that is ready run. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Ends jobs until no more are posted. Returns how many there were. */
async function endJobs(): Promise<number> {
  await settle();
  const posted = jobs.splice(0);
  for (const end of posted) end();
  return posted.length === 0 ? 0 : posted.length + (await endJobs());
}

describe("the owner of equal items", () => {
  it.each<{
    readonly what: string;
    readonly asked: Asked;
    readonly posts: number;
    readonly more?: Partial<PendingItem>;
  }>([
    { what: "once when the step has a cache", asked: {}, posts: 1 },
    { what: "each when it has none", asked: { cache: false }, posts: ITEMS },
    { what: "each with --no-cache", asked: { useCache: false }, posts: ITEMS },
    { what: "each that a person asked to be done again", asked: {}, posts: ITEMS, more: { force: true } },
    { what: "each when the first one fails", asked: { end: ENDS.failed }, posts: ITEMS },
    { what: "each when the first answer needs review", asked: { end: ENDS.review }, posts: ITEMS },
    { what: "each whose report is there already", asked: { isDone: true }, posts: ITEMS },
  ])("posts $what", async ({ asked, posts, more }) => {
    const step = remote(asked);
    const runs = Array.from({ length: ITEMS }, async (_, n) => step.run("kelp", item(n, more)));
    expect(await endJobs()).toBe(posts);
    const ended = await Promise.all(runs);
    expect(new Set(ended.map(({ end }) => end.kind))).toEqual(new Set([(asked.end ?? ENDS.done).kind]));
    expect(ended.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(posts);
    expect(inFlight.size).toBe(0);
  });

  it("lets one that waits be seen, and cancelled", async () => {
    const step = remote({});
    const [first, second] = [step.run("kelp", item(0)), step.run("kelp", item(1))];
    await settle();
    expect(inFlight.list()).toEqual([
      expect.objectContaining({ itemId: "i1", attempt: 0, waitsFor: "the answer to an equal call" }),
    ]);
    inFlight.cancel({ phase: "work", itemId: "i1" });
    expect((await second).end).toMatchObject({ kind: "failed", failure: "cancelled_by_user" });
    expect(await endJobs()).toBe(1);
    expect((await first).end.kind).toBe("done");
  });

  it("releases those that wait when the run is halted", async () => {
    const step = remote({});
    void step.run("kelp", item(0));
    const second = step.run("kelp", item(1));
    await settle();
    control.haltNow({ kind: "user", message: "stop" });
    expect((await second).end).toEqual({ kind: "released" });
    await endJobs();
  });
});
