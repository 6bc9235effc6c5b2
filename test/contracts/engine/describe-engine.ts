import { cpSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StepError } from "../../../src/core/failure/index.ts";
import type { GenerateRequest, Model } from "../../../src/core/model/index.ts";
import {
  definePipeline,
  defineStep,
  fanOut,
  filterItem,
  sendToReview,
  skipItem,
  type AnyPipeline,
} from "../../../src/core/pipeline/index.ts";
import { ConnectionError } from "../../../src/retry/index.ts";
import { RunControl, type Engine } from "../../../src/core/runner/index.ts";
import type { SessionOutcome } from "../../../src/core/runner/index.ts";
import { resumeSession, retryFailed, runPipeline, type RunOptions } from "../../../src/run/index.ts";
import { reportSession } from "../../../src/run/reports/index.ts";
import { keepIn, numbers, numbersFrom, type Kept } from "./numbers.ts";

/** What an engine's tests need of whoever brings the engine. */
export interface EngineUnderTest {
  readonly engine: Engine;
  /** Makes workers for a pipeline, where the engine has any; they leave when they are disposed of. */
  readonly startWorkers: (pipeline: AnyPipeline, model: Model | undefined) => Promise<AsyncDisposable>;
}

/**
 * What an engine owes the runner, as tests for vitest: whoever moves the items and wherever their steps are done, a
 * session comes to the same end. What it cannot know is how an engine survives a crash; test that beside it.
 */
export function describeEngine(
  name: string,
  { tags }: { readonly tags: "soak"[] },
  open: () => Promise<EngineUnderTest & AsyncDisposable>,
): void {
  describe(`${name}, as an engine,`, { tags }, () => {
    let opened: EngineUnderTest & AsyncDisposable;
    beforeAll(async () => {
      opened = await open();
    }, 60_000);
    afterAll(() => opened[Symbol.asyncDispose]());

    const newWorkspace = (): string => join(mkdtempSync(join(tmpdir(), "holdfast-engine-")), ".holdfast");

    async function run(pipeline: AnyPipeline, options: RunOptions = {}): Promise<SessionOutcome> {
      await using _workers = await opened.startWorkers(pipeline, options.model);
      return await runPipeline(pipeline, { workspace: newWorkspace(), ...options, engine: opened.engine });
    }

    it("takes every item through its steps, in their order", async () => {
      const kept: Kept = new Map();
      const pipeline = definePipeline("steps").phase("work", (phase) =>
        phase
          .extract(numbers(50))
          .step("double", ({ n }) => ({ n: n * 2 }))
          .step("add", ({ n }) => ({ n: n + 1 }))
          .load(keepIn(kept)),
      );
      const { session } = await run(pipeline);
      expect(session).toMatchObject({ status: "completed", counts: { completed: 50, pending: 0 } });
      expect([...kept]).toHaveLength(50);
      for (const [itemId, { n }] of kept) expect(n).toBe(Number(itemId) * 2 + 1);
    });

    it("ends items as their steps say: skipped, filtered, for review", async () => {
      const kept: Kept = new Map();
      const pipeline = definePipeline("ends").phase("work", (phase) =>
        phase
          .extract(numbers(4))
          .step("choose", (content) => {
            if (content.n === 1) return skipItem("done before");
            if (content.n === 2) return filterItem("too short");
            return content.n === 3 ? sendToReview("look at it", content) : content;
          })
          .step("after", (content, ctx) => ({ ...content, seen: ctx.reviewReason ?? "nothing" }))
          .load(keepIn(kept)),
      );
      const { session } = await run(pipeline);
      expect(session.counts).toMatchObject({ completed: 1, skipped: 1, filtered: 1, review: 1 });
      expect(kept.get("3")).toEqual({ n: 3, seen: "look at it" });
    });

    it("keeps a failed item apart with what is known of it, and tries it again when asked", async () => {
      const kept: Kept = new Map();
      let isBroken = true;
      const pipeline = definePipeline("fails").phase("work", (phase) =>
        phase
          .extract(numbers(3))
          .step("judge", (content) => {
            if (isBroken && content.n === 1) {
              throw new StepError("input", "one is not for us", { rawAnswer: "no", cause: new Error("deep down") });
            }
            return content;
          })
          .load(keepIn(kept)),
      );
      const workspace = newWorkspace();
      const { session } = await run(pipeline, { workspace });
      expect(session).toMatchObject({ status: "partial", counts: { completed: 2, failed: 1 } });
      const report = await reportSession(workspace, session.id);
      expect(report.failures).toMatchObject([{ kind: "input", count: 1 }]);
      expect(JSON.stringify(report.failures)).toContain("one is not for us");

      isBroken = false;
      await using _workers = await opened.startWorkers(pipeline, undefined);
      const again = await retryFailed(session.id, pipeline, { workspace, engine: opened.engine });
      expect(again).toMatchObject({
        reopened: 1,
        session: { status: "completed", counts: { completed: 3, failed: 0 } },
      });
    });

    it("retries a step where it is done, and gives each repetition of a call the same key", async () => {
      const keys: string[] = [];
      const flaky = defineStep({
        name: "flaky",
        retry: { maxAttempts: 3, minWaitSeconds: 0.001, maxWaitSeconds: 0.002 },
        process: async (content: { readonly n: number }, ctx) => {
          keys.push(ctx.idempotencyKey);
          if (keys.length < 3) throw new StepError("transient", "not now");
          return content;
        },
      });
      const kept: Kept = new Map();
      const pipeline = definePipeline("flaky").phase("work", (phase) =>
        phase.extract(numbers(1)).transform(flaky).load(keepIn(kept)),
      );
      const { session } = await run(pipeline);
      expect(session.status).toBe("completed");
      expect(keys).toHaveLength(3);
      expect(new Set(keys).size).toBe(1);
    });

    it.each<[what: string, failure: () => Error, isSame: boolean]>([
      ["with no answer", () => new ConnectionError("cut after the charge"), true],
      ["with an answer that it is down", () => new StepError("transient", "503"), false],
    ])("retries an item whose call ended %s under the right key", async (_, failure, isSame) => {
      const keys: string[] = [];
      let isUp = false;
      const charge = defineStep({
        name: "charge",
        retry: { maxAttempts: 1 },
        // The lane of a step waits for an API that cannot be reached; here its user gives up.
        lane: "given-up",
        process: async (content: { readonly n: number }, ctx) => {
          keys.push(ctx.idempotencyKey);
          if (!isUp) throw failure();
          return content;
        },
      });
      const pipeline = definePipeline("charged").phase("work", (phase) =>
        phase.extract(numbers(1)).transform(charge).load(keepIn(new Map())),
      );
      const workspace = newWorkspace();
      const lanes = { "given-up": { outageAfter: 100 } };
      const { session } = await run(pipeline, { workspace, lanes });
      expect(session.counts).toMatchObject({ failed: 1 });
      isUp = true;
      await using _workers = await opened.startWorkers(pipeline, undefined);
      const again = await retryFailed(session.id, pipeline, { workspace, lanes, engine: opened.engine });
      expect(again.session.counts).toMatchObject({ completed: 1, failed: 0 });
      expect(new Set(keys).size).toBe(isSame ? 1 : 2);
      // Who asks for it again when it is done means another call.
      const forced = await retryFailed(session.id, pipeline, {
        workspace,
        lanes,
        engine: opened.engine,
        query: { itemIds: ["0"] },
      });
      expect(forced.reopened).toBe(1);
      expect(new Set(keys).size).toBe(isSame ? 2 : 3);
    });

    it("fans out and collects", async () => {
      const kept: Kept = new Map();
      const pipeline = definePipeline("fan").phase("work", (phase) =>
        phase
          .extract(numbers(5))
          .step("split", ({ n }) => fanOut([{ n }, { n: n * 10 }, { n: n * 100 }]))
          .step("add", ({ n }) => ({ n: n + 1 }))
          .collect("sum", (parts) => ({ n: parts.reduce((sum, { n }) => sum + n, 0) }))
          .step("halve", ({ n }) => ({ n: n / 2 }))
          .load(keepIn(kept)),
      );
      const { session } = await run(pipeline);
      expect(session).toMatchObject({ status: "completed", counts: { completed: 20, pending: 0 } });
      expect(kept.get("4")).toEqual({ n: (4 * 111 + 3) / 2 });
    });

    it("carries contents of a megabyte", async () => {
      const kept: Kept = new Map();
      const text = "kelp ".repeat(200_000);
      const pipeline = definePipeline("large").phase("work", (phase) =>
        phase
          .extract(numbers(3))
          .step("grow", ({ n }) => ({ n, text }))
          .step("measure", (content) => ({ ...content, length: content.text.length }))
          .load(keepIn(kept)),
      );
      const { session } = await run(pipeline);
      expect(session.status).toBe("completed");
      expect(kept.get("2")).toEqual({ n: 2, text, length: 1_000_000 });
    });

    it("asks the model once for what was answered before, in whatever session", async () => {
      const model = countingModel();
      const ask = defineStep({
        name: "ask",
        cache: true,
        process: async ({ n }: { readonly n: number }, ctx) => ({
          n,
          text: (await ctx.model.generate({ prompt: `What is ${n}?` })).text,
        }),
      });
      const kept: Kept = new Map();
      const pipeline = definePipeline("cached").phase("work", (phase) =>
        phase.extract(numbers(4)).transform(ask).load(keepIn(kept)),
      );
      const workspace = newWorkspace();
      await run(pipeline, { workspace, model });
      expect(model.prompts).toHaveLength(4);
      const { session } = await run(pipeline, { workspace, model });
      expect(model.prompts).toHaveLength(4);
      expect(session.counts.completed).toBe(4);
      expect(kept.get("3")).toEqual({ n: 3, text: "answer to What is 3?" });
    });

    it("counts what calls cost", async () => {
      const model = countingModel();
      const pipeline = definePipeline("cost").phase("work", (phase) =>
        phase
          .extract(numbers(5))
          .step("ask", async ({ n }, ctx) => ({ n, text: (await ctx.model.generate({ prompt: `${n}` })).text }))
          .load(keepIn(new Map())),
      );
      const workspace = newWorkspace();
      const prices = { [model.id]: { inputPerMillion: 1_000_000, outputPerMillion: 0 } };
      const { session } = await run(pipeline, { workspace, model, prices });
      const { usage } = await reportSession(workspace, session.id);
      expect(usage).toMatchObject({ calls: 5, inputTokens: 35, outputTokens: 10, cost: 35 });
    });

    it("stops the run when no item can succeed, with nothing failed for it, and goes on when that is fixed", async () => {
      let isAllowed = false;
      const kept: Kept = new Map();
      const pipeline = definePipeline("refused").phase("work", (phase) =>
        phase
          .extract(numbers(6))
          .step("call", (content) => {
            if (!isAllowed) throw new StepError("auth", "the key is wrong");
            return content;
          })
          .load(keepIn(kept)),
      );
      const workspace = newWorkspace();
      const stopped = await run(pipeline, { workspace });
      expect(stopped.cause).toMatchObject({ kind: "unusable", failure: "auth" });
      expect(stopped.session).toMatchObject({ status: "interrupted", counts: { failed: 0, completed: 0 } });
      isAllowed = true;
      await using _workers = await opened.startWorkers(pipeline, undefined);
      const { session } = await resumeSession(stopped.session.id, pipeline, { workspace, engine: opened.engine });
      expect(session).toMatchObject({ status: "completed", counts: { completed: 6 } });
      expect([...kept.keys()]).toHaveLength(6);
    });

    it("drains when it is told to, and a resume does what is left and nothing twice", async () => {
      const done: number[] = [];
      const control = new RunControl();
      const kept: Kept = new Map();
      const pipeline = definePipeline("drained").phase("work", (phase) =>
        phase
          .extract(numbers(30))
          .step("work", async (content) => {
            done.push(content.n);
            if (done.length === 5) control.stop({ kind: "user", message: "enough" });
            await new Promise((resolve) => setTimeout(resolve, 5));
            return content;
          })
          .load(keepIn(kept)),
      );
      const workspace = newWorkspace();
      const first = await run(pipeline, { workspace, control, window: 4 });
      expect(first.session.status).toBe("interrupted");
      const { completed } = first.session.counts;
      expect(completed).toBeGreaterThan(0);
      expect(completed).toBeLessThan(30);
      await using _workers = await opened.startWorkers(pipeline, undefined);
      const { session } = await resumeSession(first.session.id, pipeline, { workspace, engine: opened.engine });
      expect(session).toMatchObject({ status: "completed", counts: { completed: 30, pending: 0 } });
      expect(done.toSorted((a, b) => a - b)).toEqual([...Array(30).keys()]);
    });

    it("keeps steps with the owner that say so", async () => {
      const kept: Kept = new Map();
      const owners = defineStep({
        name: "look",
        ownerOnly: true,
        process: (content: { readonly n: number }, { ledger }) => ({
          ...content,
          known: ledger.find("/nowhere", `${content.n}`) !== undefined,
        }),
      });
      const pipeline = definePipeline("owner").phase("work", (phase) =>
        phase.extract(numbers(2)).transform(owners).load(keepIn(kept)),
      );
      const { session } = await run(pipeline);
      expect(session.status).toBe("completed");
      expect(kept.get("1")).toEqual({ n: 1, known: false });
    });

    it("keeps two sessions of one readable id apart: each gets the results of its own items, under keys of its own", async () => {
      const keys: string[] = [];
      const owner = (first: number) => {
        const kept: Kept = new Map();
        const pipeline = definePipeline("shards").phase("work", (phase) =>
          phase
            .extract(numbersFrom(first, 30))
            .step("work", async (content, ctx) => {
              keys.push(ctx.idempotencyKey);
              await new Promise((resolve) => setTimeout(resolve, 5));
              return content;
            })
            .load(keepIn(kept)),
        );
        return { kept, pipeline, first };
      };
      const [one, two] = [owner(0), owner(1_000)];
      await using _workers = await opened.startWorkers(one.pipeline, undefined);
      // Both begin in one second, or they try again.
      for (;;) {
        keys.length = 0;
        const ends = await Promise.all(
          [one, two].map(({ pipeline }) => runPipeline(pipeline, { workspace: newWorkspace(), engine: opened.engine })),
        );
        for (const { session } of ends) {
          expect(session).toMatchObject({ status: "completed", counts: { completed: 30, pending: 0 } });
        }
        for (const { kept, first } of [one, two]) {
          const expected = Array.from({ length: 30 }, (_, n) => [String(n), { n: first + n }]);
          expect(Object.fromEntries(kept)).toEqual(Object.fromEntries(expected));
        }
        expect(new Set(keys).size).toBe(60);
        if (new Set(ends.map(({ session }) => session.id)).size === 1) break;
      }
    });

    it("keeps a copied workspace apart from its original while both go on", async () => {
      const calls: string[] = [];
      const made = (stopsAt?: number) => {
        const kept: Kept = new Map();
        const control = new RunControl();
        const pipeline = definePipeline("copied").phase("work", (phase) =>
          phase
            .extract(numbers(30))
            .step("work", async (content, ctx) => {
              calls.push(ctx.idempotencyKey);
              await new Promise((resolve) => setTimeout(resolve, 5));
              return content;
            })
            .load({
              ...keepIn(kept),
              load: async (content, { itemId }) => {
                kept.set(itemId, content);
                if (kept.size === stopsAt) control.stop({ kind: "user", message: "enough" });
                return { outputPath: "memory" };
              },
            }),
        );
        return { kept, control, pipeline };
      };
      const workspace = newWorkspace();
      const first = made(5);
      const { session } = await run(first.pipeline, { workspace, control: first.control, window: 4 });
      expect(session.status).toBe("interrupted");
      const copy = newWorkspace();
      cpSync(workspace, copy, { recursive: true });
      const [original, copied] = [made(), made()];
      calls.length = 0;
      await using _workers = await opened.startWorkers(original.pipeline, undefined);
      const ends = await Promise.all([
        resumeSession(session.id, original.pipeline, { workspace, engine: opened.engine }),
        resumeSession(session.id, copied.pipeline, { workspace: copy, engine: opened.engine }),
      ]);
      for (const end of ends) expect(end.session).toMatchObject({ status: "completed", counts: { completed: 30 } });
      for (const { kept } of [original, copied]) {
        expect(kept.size).toBe(30 - first.kept.size);
        for (const [itemId, { n }] of kept) expect(n).toBe(Number(itemId));
      }
      expect(calls.length).toBeGreaterThan(0);
      expect(new Set(calls).size).toBe(calls.length);
    });
  });
}

function countingModel(): Model & { readonly prompts: string[] } {
  const prompts: string[] = [];
  return {
    id: "test:counting",
    fingerprint: "counting",
    lane: "counting",
    prompts,
    check: async () => ({ notes: [] }),
    generate: async ({ prompt }: GenerateRequest) => {
      prompts.push(prompt);
      return { text: `answer to ${prompt}`, usage: { inputTokens: 7, outputTokens: 2 } };
    },
  };
}
