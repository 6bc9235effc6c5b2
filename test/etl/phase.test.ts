import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { NO_ITEMS } from "../../src/core/session/item-counts.ts";
import { PhaseManager } from "../../src/core/session/phase-manager.ts";
import {
  createPhase,
  endPhase,
  parsePhase,
  serializePhase,
  startPhase,
  withProgress,
  type FailedItem,
  type Phase,
} from "../../src/core/session/phase.ts";
import { StepTracker, type TrackedStep } from "../../src/core/session/step-tracker.ts";

const STEPS: readonly TrackedStep[] = [
  { name: "read_jsonl", stage: "extract" },
  { name: "clean", stage: "transform" },
  { name: "summarise", stage: "transform" },
  { name: "write_note", stage: "load" },
];
const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 19, 14, 30, seconds));
const newPhase = (): Phase => createPhase("import", new StepTracker(STEPS).snapshot());

describe("Phase", () => {
  test("begins pending, in its first stage, with every step pending", () => {
    const step = { status: "pending", durationMs: 0, attempts: 0, itemsProcessed: 0, itemsFailed: 0 };
    expect(newPhase()).toStrictEqual({
      name: "import",
      status: "pending",
      startedAt: null,
      completedAt: null,
      counts: NO_ITEMS,
      currentStage: "extract",
      stages: {
        extract: { status: "pending", steps: [{ name: "read_jsonl", ...step }] },
        transform: {
          status: "pending",
          steps: [
            { name: "clean", ...step },
            { name: "summarise", ...step },
          ],
        },
        load: { status: "pending", steps: [{ name: "write_note", ...step }] },
      },
      failedItems: [],
      failedTotal: 0,
    });
  });

  test("keeps the time of its first start when it is started again", () => {
    const interrupted = endPhase(startPhase(newPhase(), at(1)), "interrupted", at(2));
    expect(startPhase(interrupted, at(3))).toMatchObject({
      status: "running",
      startedAt: at(1).toISOString(),
      completedAt: null,
    });
  });

  test.each(["completed", "partial", "failed"] as const)(
    "that has ended as %s has a time of its end and no current stage",
    (status) => {
      expect(endPhase(startPhase(newPhase(), at(1)), status, at(2))).toMatchObject({
        status,
        completedAt: at(2).toISOString(),
        currentStage: null,
      });
    },
  );

  test("that was interrupted has no time of its end, and keeps its current stage", () => {
    expect(endPhase(startPhase(newPhase(), at(1)), "interrupted", at(2))).toMatchObject({
      completedAt: null,
      currentStage: "extract",
    });
  });

  test("loses the time of its end when failed items are tried again", () => {
    const ended = endPhase(startPhase(newPhase(), at(1)), "partial", at(2));
    expect(startPhase(ended, at(3)).completedAt).toBeNull();
  });

  test("names the first 100 failed items and counts them all", () => {
    const failedItems = Array.from({ length: 137 }, (_, n): FailedItem => ({
      itemId: `item ${n}`,
      step: "clean",
      kind: "input",
      message: "no",
    }));
    const { stages } = newPhase();
    const phase = withProgress(newPhase(), { counts: { ...NO_ITEMS, failed: 137 }, stages, failedItems });
    expect(phase.failedItems).toEqual(failedItems.slice(0, 100));
    expect(phase.failedTotal).toBe(137);
  });

  test("moves its current stage on with its steps", () => {
    const tracker = new StepTracker(STEPS);
    const progress = () => withProgress(newPhase(), { counts: NO_ITEMS, stages: tracker.snapshot(), failedItems: [] });
    tracker.start("read_jsonl");
    tracker.complete("read_jsonl");
    expect(progress().currentStage).toBe("transform");
    for (const step of ["clean", "summarise", "write_note"]) {
      tracker.start(step);
      tracker.complete(step);
    }
    expect(progress().currentStage).toBeNull();
  });

  test("survives being written and read", () => {
    const failedItems: readonly FailedItem[] = [{ itemId: "a", step: "clean", kind: "answer", message: "cut off" }];
    const { stages } = newPhase();
    const phase = withProgress(startPhase(newPhase(), at(1)), {
      counts: { ...NO_ITEMS, failed: 1 },
      stages,
      failedItems,
    });
    expect(parsePhase(serializePhase(phase), "phase.json")).toStrictEqual(phase);
  });
});

describe("PhaseManager", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "holdfast-phase-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test("makes a folder for each stage and one for failed items", async () => {
    await new PhaseManager(folder).create(newPhase());
    expect((await readdir(join(folder, "import"), { recursive: true })).sort()).toEqual([
      "extract",
      "extract/input",
      "extract/output",
      "failed",
      "load",
      "load/output",
      "phase.json",
      "transform",
      "transform/output",
    ]);
  });

  test("says where each of its folders is", async () => {
    const manager = new PhaseManager(folder);
    await manager.create(newPhase());
    for (const path of Object.values(manager.foldersOf("import"))) expect((await stat(path)).isDirectory()).toBe(true);
  });

  test("keeps what is in the folders of a phase that is created again", async () => {
    const manager = new PhaseManager(folder);
    await manager.create(newPhase());
    const file = join(manager.foldersOf("import").extractInput, "manifest.json");
    await writeFile(file, "{}");
    await manager.create(startPhase(newPhase(), at(1)));
    expect(await readFile(file, "utf8")).toBe("{}");
    expect((await manager.load("import"))?.status).toBe("running");
  });

  test("keeps phases apart", async () => {
    const manager = new PhaseManager(folder);
    await manager.create(newPhase());
    await manager.create({ ...newPhase(), name: "organize", status: "running" });
    expect((await manager.load("import"))?.status).toBe("pending");
    expect((await manager.load("organize"))?.status).toBe("running");
  });

  test("writes into phase.json what each step has done", async () => {
    const manager = new PhaseManager(folder);
    await manager.create(newPhase());
    const tracker = new StepTracker(STEPS, { clock: { now: () => 0, wallNow: () => at(5).getTime() } });
    for (const step of ["read_jsonl", "clean"]) {
      tracker.start(step);
      tracker.complete(step, { durationMs: 12.5, attempts: 2 });
      await manager.save(
        withProgress(startPhase(newPhase(), at(1)), { counts: NO_ITEMS, stages: tracker.snapshot(), failedItems: [] }),
      );
      const json = JSON.parse(await readFile(join(folder, "import", "phase.json"), "utf8"));
      const steps = Object.values<{ steps: { name: string }[] }>(json.stages).flatMap((stage) => stage.steps);
      expect(steps.find(({ name }) => name === step)).toEqual({
        name: step,
        status: "completed",
        startedAt: at(5).toISOString(),
        completedAt: at(5).toISOString(),
        durationMs: 12.5,
        attempts: 2,
        itemsProcessed: 1,
        itemsFailed: 0,
      });
    }
  });

  test("knows nothing of a phase that was never saved", async () => {
    expect(await new PhaseManager(folder).load("import")).toBeUndefined();
    expect(await new PhaseManager(folder).exists("import")).toBe(false);
  });

  test("says whether a phase was saved", async () => {
    const manager = new PhaseManager(folder);
    await manager.create(newPhase());
    expect(await manager.exists("import")).toBe(true);
  });

  test("says session_damaged with the file for a phase.json that was cut", async () => {
    const manager = new PhaseManager(folder);
    await manager.create(newPhase());
    const file = join(folder, "import", "phase.json");
    await writeFile(file, (await readFile(file, "utf8")).slice(0, 100));
    await expect(manager.load("import")).rejects.toMatchObject({
      code: "session_damaged",
      message: expect.stringContaining(JSON.stringify(file)),
    });
  });

  test("gives each failed item a folder inside failed, whatever its id", () => {
    const manager = new PhaseManager(folder);
    const { failed } = manager.foldersOf("import");
    expect(manager.failedFolderOf("import", "../../../x")).toMatch(new RegExp(`^${failed}/x-[0-9a-f]{12}$`));
    expect(manager.failedFolderOf("import", "a")).not.toBe(manager.failedFolderOf("import", "A"));
  });

  test("says write_failed when a file stands where the folder should be", async () => {
    await writeFile(join(folder, "import"), "a file");
    await expect(new PhaseManager(folder).create(newPhase())).rejects.toMatchObject({ code: "write_failed" });
  });

  test.each(["../x", "..", ".", "", "/abs", "a/b", "a\\b", "a\0b", "n".repeat(300)])(
    "refuses the hostile name %j before it touches the disk",
    async (name) => {
      const session = join(folder, "session");
      await mkdir(session);
      const manager = new PhaseManager(session);
      const refused = { code: "pipeline_invalid" };
      expect(() => manager.foldersOf(name)).toThrow(expect.objectContaining(refused));
      await expect(manager.create({ ...newPhase(), name })).rejects.toMatchObject(refused);
      await expect(manager.save({ ...newPhase(), name })).rejects.toMatchObject(refused);
      await expect(manager.load(name)).rejects.toMatchObject(refused);
      expect(() => createPhase(name, newPhase().stages)).toThrow(expect.objectContaining(refused));
      expect(await readdir(folder, { recursive: true })).toEqual(["session"]);
    },
  );
});

describe("StepTracker", () => {
  const time = { ms: 0 };
  beforeEach(() => {
    time.ms = 0;
  });
  const clock = { now: () => time.ms, wallNow: () => at(0).getTime() + time.ms };
  const newTracker = (options = {}) => new StepTracker(STEPS, { clock, ...options });
  const summarise = (tracker: StepTracker, options = {}) => tracker.snapshot(options).transform.steps[1];

  test("begins with each declared step pending, in its stage and in order", () => {
    const { extract, transform, load } = newTracker().snapshot();
    expect([extract, transform, load].map(({ steps }) => steps.map(({ name, status }) => [name, status]))).toEqual([
      [["read_jsonl", "pending"]],
      [
        ["clean", "pending"],
        ["summarise", "pending"],
      ],
      [["write_note", "pending"]],
    ]);
  });

  test("shows a started step as running, with the time of its start", () => {
    const tracker = newTracker();
    time.ms = 1000;
    tracker.start("summarise");
    expect(summarise(tracker)).toMatchObject({ status: "running", startedAt: at(1).toISOString() });
    expect(summarise(tracker)).not.toHaveProperty("completedAt");
    expect(tracker.snapshot().transform.status).toBe("running");
  });

  test("shows a completed step with its end, duration, attempts and items", () => {
    const tracker = newTracker();
    tracker.start("summarise");
    time.ms = 2500;
    tracker.complete("summarise", { attempts: 3 });
    expect(summarise(tracker)).toEqual({
      name: "summarise",
      status: "completed",
      startedAt: at(0).toISOString(),
      completedAt: new Date(at(0).getTime() + 2500).toISOString(),
      durationMs: 2500,
      attempts: 3,
      itemsProcessed: 1,
      itemsFailed: 0,
    });
  });

  test("shows a failed step with the reason", () => {
    const tracker = newTracker();
    tracker.start("summarise");
    tracker.fail("summarise", new Error("the answer was cut off"), { attempts: 5 });
    expect(summarise(tracker)).toMatchObject({
      status: "failed",
      error: "the answer was cut off",
      attempts: 5,
      itemsProcessed: 0,
      itemsFailed: 1,
    });
    expect(tracker.snapshot().transform.status).toBe("failed");
  });

  test("shows a step that was passed by as skipped, with the reason", () => {
    const tracker = newTracker();
    tracker.skip("summarise", "not asked for");
    expect(summarise(tracker)).toMatchObject({
      status: "skipped",
      error: "not asked for",
      attempts: 0,
      itemsProcessed: 0,
    });
  });

  test("never calls a step completed that failed for one of its items", () => {
    const tracker = newTracker();
    for (let n = 0; n < 1000; n += 1) {
      tracker.start("summarise");
      if (n === 500) tracker.fail("summarise", new Error("no"));
      else tracker.complete("summarise");
    }
    expect(summarise(tracker)).toMatchObject({ status: "failed", itemsProcessed: 999, itemsFailed: 1 });
  });

  test("is running until the last of the items in it has left", () => {
    const tracker = newTracker();
    tracker.start("summarise");
    tracker.start("summarise");
    tracker.complete("summarise");
    expect(summarise(tracker)?.status).toBe("running");
    tracker.complete("summarise");
    expect(summarise(tracker)?.status).toBe("completed");
  });

  test("keeps the time of the first start and shows that of the last end", () => {
    const tracker = newTracker();
    for (const ms of [1000, 2000, 3000]) {
      time.ms = ms;
      tracker.start("summarise");
      tracker.complete("summarise");
    }
    expect(summarise(tracker)).toMatchObject({ startedAt: at(1).toISOString(), completedAt: at(3).toISOString() });
  });

  test("adds up the time of items that overlap", () => {
    const tracker = newTracker();
    tracker.start("summarise");
    time.ms = 100;
    tracker.start("summarise");
    time.ms = 400;
    tracker.complete("summarise");
    // Who left is not known, so it is charged the mean of the two.
    expect(summarise(tracker)?.durationMs).toBe(350);
    time.ms = 1000;
    tracker.complete("summarise");
    // Whichever left first: 400 + 900 is 300 + 1000.
    expect(summarise(tracker)?.durationMs).toBe(1300);
  });

  test("takes durations that are given to it", () => {
    const tracker = newTracker();
    for (const durationMs of [10, 20.5]) {
      tracker.start("summarise");
      tracker.complete("summarise", { durationMs });
    }
    tracker.start("summarise");
    tracker.fail("summarise", "no", { durationMs: 5 });
    expect(summarise(tracker)?.durationMs).toBe(35.5);
  });

  test("counts a batch as the items that are in it", () => {
    const tracker = newTracker();
    tracker.start("read_jsonl");
    tracker.complete("read_jsonl", { itemsProcessed: 40 });
    tracker.start("read_jsonl");
    tracker.fail("read_jsonl", "cut", { itemsFailed: 2 });
    expect(tracker.snapshot().extract.steps[0]).toMatchObject({ itemsProcessed: 40, itemsFailed: 2 });
  });

  test("lets an item go without a trace when the run is stopped", () => {
    const tracker = newTracker();
    tracker.start("summarise");
    tracker.release("summarise");
    expect(summarise(tracker)).toMatchObject({ status: "pending", attempts: 0, itemsProcessed: 0, itemsFailed: 0 });
  });

  test("goes on from what earlier runs of the session did", () => {
    const totals = [
      { step: "summarise", stage: "transform", processed: 90, failed: 0, attempts: 95, durationMs: 4000 },
    ];
    const tracker = newTracker({ totals });
    expect(summarise(tracker)).toMatchObject({ status: "completed", itemsProcessed: 90 });
    tracker.start("summarise");
    time.ms = 1000;
    tracker.complete("summarise");
    expect(summarise(tracker)).toMatchObject({ itemsProcessed: 91, attempts: 96, durationMs: 5000 });
  });

  test("calls a step that has begun running as long as its phase runs", () => {
    const tracker = newTracker();
    tracker.start("summarise");
    tracker.complete("summarise");
    expect(summarise(tracker, { phase: "running" })?.status).toBe("running");
    expect(summarise(tracker, { phase: "running" })).not.toHaveProperty("completedAt");
    expect(summarise(tracker, { phase: "partial" })?.status).toBe("completed");
  });

  test.each([
    ["running", "pending"],
    ["interrupted", "pending"],
    ["completed", "skipped"],
    ["partial", "skipped"],
    ["failed", "skipped"],
  ] as const)("calls a step that no item reached, in a phase that is %s, %s", (phase, status) => {
    expect(summarise(newTracker(), { phase })?.status).toBe(status);
  });

  test("times by the monotonic clock, also when the wall clock is set back", () => {
    const wall = { ms: at(30).getTime() };
    const tracker = new StepTracker(STEPS, { clock: { now: () => time.ms, wallNow: () => wall.ms } });
    tracker.start("summarise");
    wall.ms -= 3_600_000;
    time.ms = 70;
    tracker.complete("summarise");
    expect(summarise(tracker)?.durationMs).toBe(70);
  });

  test("keeps the beginning of a very long reason", () => {
    const tracker = newTracker();
    tracker.start("summarise");
    tracker.fail("summarise", new Error("x".repeat(1_000_000)));
    expect(summarise(tracker)?.error).toHaveLength(1000);
  });

  test("refuses a step that was not declared, and an end without a start", () => {
    const tracker = newTracker();
    expect(() => tracker.start("sumarise")).toThrow('Step "sumarise" was not declared to the tracker.');
    expect(() => tracker.complete("summarise")).toThrow(
      'Step "summarise" ended for an item that it was never started for.',
    );
    expect(() => tracker.fail("summarise", "no")).toThrow(expect.objectContaining({ code: "internal" }));
  });

  test("follows a million items in numbers alone", () => {
    const tracker = newTracker();
    const cost = { durationMs: 1, attempts: 1 };
    for (let n = 0; n < 1_000_000; n += 1) {
      tracker.start("clean");
      tracker.complete("clean", cost);
    }
    expect(tracker.snapshot().transform.steps[0]).toMatchObject({ itemsProcessed: 1_000_000, durationMs: 1_000_000 });
  });
});
