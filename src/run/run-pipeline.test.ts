import { mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { StepError } from "../core/failure/index.ts";
import {
  definePipeline,
  defineStep,
  filterItem,
  sendToReview,
  skipItem,
  type AnyPipeline,
  type Sink,
  type Source,
} from "../core/pipeline/index.ts";
import { RunControl } from "../core/runner/index.ts";
import type { RunEvent } from "../core/runner/run-event.ts";
import { createExtractive } from "../llm/extractive/index.ts";
import { ConnectionError } from "../retry/index.ts";
import { resumeSession, retryFailed, runPipeline } from "./index.ts";
import { reportSession } from "./reports/session-report.ts";

interface Row {
  readonly id: string;
  readonly n: number;
}

const rows = (count: number): readonly Row[] => Array.from({ length: count }, (_, n) => ({ id: `row-${n}`, n }));

const sourceOf = (items: readonly Row[]): Source<Row> => ({
  name: "read_rows",
  version: 1,
  check: async () => [],
  async *read() {
    yield { kind: "total", count: items.length };
    for (const row of items) yield { kind: "item", itemId: row.id, sourcePath: "memory", content: row };
  },
});

const sinkInto = (written: Map<string, number>): Sink<Row> => ({
  name: "keep",
  version: 1,
  check: async () => {},
  load: async (row) => {
    written.set(row.id, row.n);
    return { outputPath: row.id };
  },
});

const workspace = (): string => join(mkdtempSync(join(tmpdir(), "holdfast-run-")), ".holdfast");

const fast = { minWaitSeconds: 0, maxWaitSeconds: 0.001 };

describe("runPipeline", () => {
  it("takes every item through every step and writes it once", async () => {
    const written = new Map<string, number>();
    const pipeline = definePipeline("plain").phase("work", (phase) =>
      phase
        .extract(sourceOf(rows(50)))
        .step("double", (row) => ({ ...row, n: row.n * 2 }))
        .load(sinkInto(written)),
    );
    const { session, cause } = await runPipeline(pipeline, { workspace: workspace() });
    expect(cause).toBeUndefined();
    expect(session.status).toBe("completed");
    expect(session.counts.completed).toBe(50);
    expect(written.size).toBe(50);
    expect(written.get("row-7")).toBe(14);
  });

  it("ends each item by what its step said, and the numbers add up", async () => {
    const pipeline = definePipeline("ways").phase("work", (phase) =>
      phase
        .extract(sourceOf(rows(10)))
        .step("judge", (row) => {
          if (row.n === 0) return skipItem("zero");
          if (row.n === 1) return filterItem("one");
          if (row.n === 2) return sendToReview("two", row);
          if (row.n === 3) throw new Error("three");
          return row;
        })
        .load(sinkInto(new Map())),
    );
    const home = workspace();
    const { session } = await runPipeline(pipeline, { workspace: home });
    expect(session.status).toBe("partial");
    expect(session.counts).toMatchObject({ skipped: 1, filtered: 1, review: 1, failed: 1, completed: 6, pending: 0 });
    const report = await reportSession(home, session.id);
    expect(report.reasons).toContainEqual({ phase: "work", status: "filtered", reason: "one", count: 1 });
    expect(report.failed).toMatchObject([
      { itemId: "row-3", failure: { step: "judge", kind: "input", message: "three" } },
    ]);
  });

  it("retries what may pass and counts the attempts", async () => {
    const calls = new Map<string, number>();
    const flaky = defineStep({
      name: "flaky",
      retry: { maxAttempts: 3, ...fast },
      process: (row: Row) => {
        const call = (calls.get(row.id) ?? 0) + 1;
        calls.set(row.id, call);
        if (call <= row.n) throw new StepError("transient", "not now");
        return row;
      },
    });
    const pipeline = definePipeline("flaky").phase("work", (phase) =>
      phase
        .extract(sourceOf(rows(4)))
        .transform(flaky)
        .load(sinkInto(new Map())),
    );
    const home = workspace();
    const { session } = await runPipeline(pipeline, { workspace: home });
    expect([...calls.values()]).toEqual([1, 2, 3, 3]);
    expect(session.counts).toMatchObject({ completed: 3, failed: 1 });
    const { steps } = await reportSession(home, session.id);
    expect(steps.find(({ step }) => step === "flaky")).toMatchObject({ processed: 3, failed: 1, attempts: 9 });
  });

  it("asks again with the complaint after a bad answer", async () => {
    const complaints: (string | undefined)[] = [];
    const ask = defineStep({
      name: "ask",
      retry: fast,
      process: (row: Row, { complaint }) => {
        complaints.push(complaint);
        if (complaint === undefined) throw new StepError("answer", "no summary");
        return row;
      },
    });
    const pipeline = definePipeline("ask").phase("work", (phase) =>
      phase
        .extract(sourceOf(rows(1)))
        .transform(ask)
        .load(sinkInto(new Map())),
    );
    await runPipeline(pipeline, { workspace: workspace() });
    expect(complaints).toEqual([undefined, "no summary"]);
  });

  it("stops at once for bad credentials and marks nothing failed for it", async () => {
    let calls = 0;
    const pipeline = definePipeline("auth").phase("work", (phase) =>
      phase
        .extract(sourceOf(rows(100)))
        .step("call", (): Row => {
          calls += 1;
          throw new StepError("auth", "bad key");
        })
        .load(sinkInto(new Map())),
    );
    const { session, cause } = await runPipeline(pipeline, { workspace: workspace(), window: 4 });
    expect(cause).toMatchObject({ kind: "unusable", failure: "auth" });
    expect(session).toMatchObject({ status: "interrupted", reason: "bad key" });
    expect(session.counts.failed).toBe(0);
    expect(calls).toBeLessThanOrEqual(4);
  });

  it("stops after five bugs in a row", async () => {
    const pipeline = definePipeline("bug").phase("work", (phase) =>
      phase
        .extract(sourceOf(rows(100)))
        .step("call", (row): Row => {
          throw new TypeError(`no property of ${row.id}`);
        })
        .load(sinkInto(new Map())),
    );
    const { session, cause } = await runPipeline(pipeline, { workspace: workspace(), window: 1 });
    expect(cause?.kind).toBe("bug");
    expect(session.counts.failed).toBe(5);
    expect(session.counts.pending).toBeLessThanOrEqual(1);
  });

  it("answers from the cache in a later session, and pays again when the version is raised", async () => {
    let calls = 0;
    const pipeline = (version: number): AnyPipeline =>
      definePipeline("cached").phase("work", (phase) =>
        phase
          .extract(sourceOf(rows(5)))
          .transform(
            defineStep({
              name: "paid",
              version,
              cache: true,
              process: (row: Row) => {
                calls += 1;
                return row;
              },
            }),
          )
          .load(sinkInto(new Map())),
      );
    const home = workspace();
    await runPipeline(pipeline(1), { workspace: home });
    await runPipeline(pipeline(1), { workspace: home });
    expect(calls).toBe(5);
    await runPipeline(pipeline(2), { workspace: home });
    expect(calls).toBe(10);
  });
});

describe("resumeSession", () => {
  it("goes on where the run was stopped: no step is done twice, no item is lost", async () => {
    const calls = new Map<string, number>();
    const written = new Map<string, number>();
    const pipeline = definePipeline("stop").phase("work", (phase) =>
      phase
        .extract(sourceOf(rows(40)))
        .step("call", (row) => {
          calls.set(row.id, (calls.get(row.id) ?? 0) + 1);
          return row;
        })
        .load(sinkInto(written)),
    );
    const home = workspace();
    const control = new RunControl();
    let ended = 0;
    const onEvent = (event: RunEvent): void => {
      if (event.kind === "item" && (ended += 1) === 10) control.stop({ kind: "user", message: "enough" });
    };
    const first = await runPipeline(pipeline, { workspace: home, window: 4, control, onEvent });
    expect(first.session.status).toBe("interrupted");
    expect(first.session.counts.completed).toBeLessThan(40);

    const second = await resumeSession(first.session.id, pipeline, { workspace: home });
    expect(second.session).toMatchObject({ status: "completed", counts: { completed: 40, pending: 0 } });
    expect(written.size).toBe(40);
    expect([...calls.values()].every((count) => count === 1)).toBe(true);
  });

  it("refuses a pipeline with other steps, unless forced", async () => {
    const make = (name: string): AnyPipeline =>
      definePipeline("drift").phase("work", (phase) =>
        phase
          .extract(sourceOf(rows(1)))
          .step(name, (row) => row)
          .load(sinkInto(new Map())),
      );
    const home = workspace();
    const { session } = await runPipeline(make("a"), { workspace: home });
    await expect(resumeSession(session.id, make("b"), { workspace: home })).rejects.toMatchObject({
      code: "pipeline_changed",
    });
    await expect(resumeSession(session.id, make("b"), { workspace: home, force: true })).resolves.toBeDefined();
  });
});

describe("retryFailed", () => {
  it("tries only the failed items again, at the step that failed", async () => {
    let isDown = true;
    const calls = { first: 0, second: 0 };
    const pipeline = definePipeline("again").phase("work", (phase) =>
      phase
        .extract(sourceOf(rows(10)))
        .step("first", (row) => {
          calls.first += 1;
          return row;
        })
        .step("second", (row) => {
          calls.second += 1;
          if (isDown && row.n % 2 === 0) throw new Error("down");
          return row;
        })
        .load(sinkInto(new Map())),
    );
    const home = workspace();
    const first = await runPipeline(pipeline, { workspace: home });
    expect(first.session.counts).toMatchObject({ completed: 5, failed: 5 });
    isDown = false;
    const second = await retryFailed(first.session.id, pipeline, { workspace: home });
    expect(second.reopened).toBe(5);
    expect(second.session).toMatchObject({ status: "completed", counts: { completed: 10, failed: 0 } });
    expect(calls).toEqual({ first: 10, second: 15 });
  });
});

describe("a session's folder", () => {
  it("keeps the evidence of a failure and readable files", async () => {
    const pipeline = definePipeline("evidence").phase("work", (phase) =>
      phase
        .extract(sourceOf(rows(2)))
        .step("call", (row) => {
          if (row.n === 1)
            throw new StepError("input", "no", {
              request: "the request",
              rawAnswer: "the answer",
              cause: new Error("why"),
            });
          return row;
        })
        .load(sinkInto(new Map())),
    );
    const home = workspace();
    const { session } = await runPipeline(pipeline, { workspace: home });
    const folder = join(home, "sessions", session.id);
    const [failed = ""] = readdirSync(join(folder, "work", "failed"));
    const evidence = join(folder, "work", "failed", failed);
    expect(readdirSync(evidence).toSorted()).toEqual(["answer.txt", "error.json", "input.json", "request.txt"]);
    const error: unknown = JSON.parse(readFileSync(join(evidence, "error.json"), "utf8"));
    expect(error).toMatchObject({ itemId: "row-1", kind: "input", error: [{ message: "no" }, { message: "why" }] });
    const phase: unknown = JSON.parse(readFileSync(join(folder, "work", "phase.json"), "utf8"));
    expect(phase).toMatchObject({ status: "partial", counts: { completed: 1, failed: 1 }, failedTotal: 1 });
    expect(JSON.parse(readFileSync(join(folder, "work", "extract", "output", "manifest.json"), "utf8"))).toEqual({
      items: 2,
    });
  });
});

describe("a source that breaks off", () => {
  it("ends the run interrupted, keeps what was read, and is read again on resume", async () => {
    let isBroken = true;
    const source: Source<Row> = {
      ...sourceOf([]),
      async *read() {
        for (const row of rows(10)) {
          if (isBroken && row.n === 5) throw new Error("the disk was pulled out");
          yield { kind: "item", itemId: row.id, sourcePath: "memory", content: row };
        }
      },
    };
    const written = new Map<string, number>();
    const pipeline = definePipeline("broken").phase("work", (phase) => phase.extract(source).load(sinkInto(written)));
    const home = workspace();
    const first = await runPipeline(pipeline, { workspace: home });
    expect(first.cause).toMatchObject({ kind: "source", message: "the disk was pulled out" });
    expect(first.session.status).toBe("interrupted");
    expect(first.session.counts.completed + first.session.counts.pending).toBe(5);
    isBroken = false;
    const second = await resumeSession(first.session.id, pipeline, { workspace: home });
    expect(second.session).toMatchObject({ status: "completed", counts: { completed: 10, skipped: 0 } });
    expect(written.size).toBe(10);
  });

  it("records an id that comes twice as skipped, so that no element vanishes", async () => {
    const [first] = rows(1);
    const pipeline = definePipeline("twice").phase("work", (phase) =>
      phase.extract(sourceOf(first ? [first, first] : [])).load(sinkInto(new Map())),
    );
    const { session } = await runPipeline(pipeline, { workspace: workspace() });
    expect(session.counts).toMatchObject({ completed: 1, skipped: 1 });
  });
});

describe("a step that names no lane", () => {
  const calling = (call: (row: Row) => Row): AnyPipeline =>
    definePipeline("plain").phase("work", (phase) =>
      phase
        .extract(sourceOf(rows(12)))
        .step("call", call)
        .load(sinkInto(new Map())),
    );

  it("fails nothing while the API behind it is down, and stops in the end with everything pending", async () => {
    const refuse = (): never => {
      throw new ConnectionError("connection refused");
    };
    const { session, cause } = await runPipeline(calling(refuse), {
      workspace: workspace(),
      retry: { ...fast, maxAttempts: 5 },
      lanes: { call: { maxOutageMs: 50 } },
    });
    expect(cause).toMatchObject({ kind: "unusable", failure: "outage" });
    expect(session.counts).toMatchObject({ failed: 0, completed: 0 });
  });

  it("waits out a rate limit without an attempt", async () => {
    let isLimited = true;
    const limitOnce = (row: Row): Row => {
      if (!isLimited) return row;
      isLimited = false;
      throw new StepError("rate_limit", "slow down", { retryAfterMs: 10 });
    };
    const { session } = await runPipeline(calling(limitOnce), { workspace: workspace(), retry: { maxAttempts: 1 } });
    expect(session.counts.completed).toBe(12);
  });
});

describe("a step whose model is in trouble", () => {
  it("leaves that to the model's lane: its failures are the item's, and no second lane calls again", async () => {
    let calls = 0;
    const model = {
      ...createExtractive(),
      generate: async (): Promise<never> => {
        calls += 1;
        throw new StepError("rate_limit", "slow down", { retryAfterMs: 1 });
      },
    };
    const pipeline = definePipeline("asks").phase("work", (phase) =>
      phase
        .extract(sourceOf(rows(1)))
        .step("ask", async (row, ctx) => ({ ...row, text: (await ctx.model.generate({ prompt: row.id })).text }))
        .load(sinkInto(new Map())),
    );
    const { session } = await runPipeline(pipeline, {
      workspace: workspace(),
      model,
      retry: { ...fast, maxAttempts: 2 },
    });
    expect(session.counts.failed).toBe(1);
    expect(calls).toBe(2);
  });
});
