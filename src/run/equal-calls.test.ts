import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { StepError } from "../core/failure/index.ts";
import { definePipeline, defineStep, sendToReview, type AnyPipeline, type Source } from "../core/pipeline/index.ts";
import { RunControl } from "../core/runner/index.ts";
import { runPipeline, type RunOptions } from "./index.ts";

const COUNT = 12;

/** Items that all have the same content, unless `contentOf` says otherwise. */
const equalItems = (contentOf: (n: number) => unknown): Source<never> => ({
  name: "list",
  version: 1,
  check: async () => [],
  async *read() {
    for (let n = 0; n < COUNT; n += 1) {
      yield { kind: "item", itemId: `i${n}`, sourcePath: "list", content: contentOf(n) as never };
    }
  },
});

interface Paid {
  readonly contentOf?: (n: number) => unknown;
  /** What the n-th call answers, from 1. It ends once `all` items are in flight, or none is left that could be. */
  readonly answer?: (call: number) => unknown;
  readonly cache?: boolean;
  readonly lane?: string;
  readonly options?: RunOptions;
}

/** Runs items through a paid step whose calls go on until every item has come to the step. */
async function pay({ contentOf = () => "same", answer = () => "answer", cache = true, lane, options = {} }: Paid) {
  let calls = 0;
  let came = 0;
  const all = Promise.withResolvers<void>();
  const written: string[] = [];
  const pipeline: AnyPipeline = definePipeline("paid").phase("p", (phase) =>
    phase
      .extract(equalItems(contentOf))
      .step("come", (content) => {
        came += 1;
        // The last one has to get as far as the next step.
        if (came === COUNT) setTimeout(all.resolve, 50);
        return content;
      })
      .transform(
        defineStep({
          name: "pay",
          cache,
          ...(lane !== undefined && { lane }),
          process: async () => {
            calls += 1;
            const call = calls;
            await all.promise;
            return answer(call);
          },
        }),
      )
      .load({
        name: "keep",
        version: 1,
        check: async () => {},
        load: async (content, { itemId }) => {
          written.push(`${itemId}: ${String(content)}`);
          return { outputPath: itemId };
        },
      }),
  );
  const { session } = await runPipeline(pipeline, {
    workspace: join(mkdtempSync(join(tmpdir(), "holdfast-equal-")), ".holdfast"),
    retry: { maxAttempts: 1 },
    window: COUNT,
    ...options,
  });
  return { calls, written, counts: session.counts };
}

/** Three calls fail. */
const fourth = (call: number): unknown => (call <= 3 ? Promise.reject(new StepError("input", "no")) : "answer");

describe("equal calls in flight of a step with a cache", () => {
  it("are made once, and each item gets the answer", async () => {
    const { calls, written, counts } = await pay({});
    expect(calls).toBe(1);
    expect(counts.completed).toBe(COUNT);
    expect(written.toSorted()).toEqual(Array.from({ length: COUNT }, (_, n) => `i${n}: answer`).toSorted());
  });

  it("are those with the same content only", async () => {
    const { calls, written } = await pay({ contentOf: (n) => n % 3, answer: (call) => call });
    expect(calls).toBe(3);
    expect(new Set(written.map((line) => line.split(": ")[1])).size).toBe(3);
  });

  it.each([
    { what: "fails", answer: () => Promise.reject(new StepError("input", "no")), ends: "failed" },
    { what: "needs review", answer: () => sendToReview("odd", "look at it"), ends: "review" },
  ] as const)("are made by each item for itself when each $what", async ({ answer, ends }) => {
    const { calls, counts } = await pay({ answer });
    expect(calls).toBe(COUNT);
    expect(counts[ends]).toBe(COUNT);
  });

  it("are made by four items when three failed", async () => {
    const { calls, counts } = await pay({ answer: fourth });
    expect(calls).toBe(7);
    expect(counts).toMatchObject({ completed: COUNT - 3, failed: 3 });
  });

  it("are not sent any more when another one is answered while they wait for their lane", async () => {
    const { calls, counts } = await pay({
      answer: fourth,
      lane: "api",
      options: { lanes: { api: { concurrency: 1 } } },
    });
    // One goes out in the moment between the end of the call before it and its answer.
    expect(calls).toBeLessThanOrEqual(5);
    expect(counts).toMatchObject({ completed: COUNT - 3, failed: 3 });
  });

  it.each([
    { what: "without a cache", paid: { cache: false } },
    { what: "when no kept answer is wanted", paid: { options: { useCache: false } } },
  ])("are made each $what", async ({ paid }) => {
    expect((await pay(paid)).calls).toBe(COUNT);
  });

  it("leave no trace of those that waited when the run is halted", async () => {
    const control = new RunControl();
    const halted = pay({
      options: { control },
      answer: async () => {
        control.haltNow({ kind: "user", message: "stop" });
        return new Promise(() => {});
      },
    });
    const { calls, written, counts } = await halted;
    expect(calls).toBe(1);
    expect(written).toEqual([]);
    expect(counts.failed).toBe(0);
  });
});

describe("equal calls of two runs that share a workspace", () => {
  it.each<{ readonly what: string; readonly second: Paid; readonly calls: number }>([
    { what: "are made once", second: {}, calls: 1 },
    {
      what: "are made by each when one wants no cached answers",
      second: { options: { useCache: false } },
      calls: 1 + COUNT,
    },
    {
      what: "are those with the same content only",
      second: { contentOf: (n) => (n === 0 ? "same" : n) },
      calls: COUNT,
    },
  ])("$what", async ({ second, calls }) => {
    const workspace = join(mkdtempSync(join(tmpdir(), "holdfast-equal-")), ".holdfast");
    const both = await Promise.all([
      pay({ options: { workspace } }),
      pay({ ...second, options: { workspace, ...second.options } }),
    ]);
    expect(both.map(({ counts }) => counts.completed)).toEqual([COUNT, COUNT]);
    expect(both.reduce((sum, run) => sum + run.calls, 0)).toBe(calls);
  });
});
