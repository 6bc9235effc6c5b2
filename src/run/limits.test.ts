import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../../test/until.ts";
import { describe, expect, it } from "vitest";
import { StepError } from "../core/failure/index.ts";
import type { GenerateAnswer, Model } from "../core/model/index.ts";
import {
  definePipeline,
  defineStep,
  type AnyPipeline,
  type Sink,
  type Source,
  type StepContext,
} from "../core/pipeline/index.ts";
import { RunControl } from "../core/runner/index.ts";
import type { RunEvent } from "../core/runner/run-event.ts";
import { resumeSession, runPipeline } from "./index.ts";
import { reportSession } from "./reports/session-report.ts";

const source: Source<number> = {
  name: "count",
  version: 1,
  check: async () => [],
  async *read() {
    for (let n = 0; n < 10; n += 1) yield { kind: "item", itemId: `item-${n}`, sourcePath: "memory", content: n };
  },
};

const nowhere: Sink<unknown> = {
  name: "drop",
  version: 1,
  check: async () => {},
  load: async () => ({ outputPath: "" }),
};

const pipelineOf = (process: (n: number, ctx: StepContext) => unknown): AnyPipeline =>
  definePipeline("limits").phase("work", (phase) => phase.extract(source).step("ask", process).load(nowhere));

const workspace = (): string => join(mkdtempSync(join(tmpdir(), "holdfast-limits-")), ".holdfast");

/** A model of 10 tokens in and 5 out, and how many of its calls were under way at once. */
function fakeModel(generate: () => Promise<GenerateAnswer> = async () => ANSWER) {
  const seen = { calls: 0, atOnce: 0, most: 0 };
  const model: Model = {
    id: "api:model",
    fingerprint: "f",
    lane: "api",
    check: async () => ({ notes: [] }),
    async generate() {
      seen.calls += 1;
      seen.atOnce += 1;
      seen.most = Math.max(seen.most, seen.atOnce);
      await new Promise((resolve) => setTimeout(resolve, 1));
      return generate().finally(() => (seen.atOnce -= 1));
    },
  };
  return { model, seen };
}

const ANSWER: GenerateAnswer = { text: "ok", usage: { inputTokens: 10, outputTokens: 5 } };
const PRICES = { "api:model": { inputPerMillion: 1000, outputPerMillion: 2000 } };

describe("the calls of the run's model", () => {
  it("stay within the model's lane whichever step makes them, each on its own", async () => {
    const { model, seen } = fakeModel();
    const twice = pipelineOf(async (n, { model: ask }) => {
      await Promise.all([ask.generate({ prompt: `${n}` }), ask.generate({ prompt: `${n} again` })]);
      return n;
    });
    const { session } = await runPipeline(twice, {
      workspace: workspace(),
      model,
      lanes: { model: { concurrency: 3 } },
    });
    expect(session.counts.completed).toBe(10);
    expect(seen).toMatchObject({ calls: 20, most: 3 });
  });

  it.each([
    [
      "of later steps go first, so that items are finished before new ones are begun",
      undefined,
      "draft 0, draft 1, check 0",
    ],
    ["of a step with a higher priority go first", 5, "draft 0, draft 1, draft 2"],
  ])("%s", async (_, priority, beginning) => {
    const prompts: string[] = [];
    const { model: raw } = fakeModel();
    const asked = new Set<string>();
    /** Who is in line when a call ends: all that could be. */
    const inLine: Readonly<Record<string, string>> = { "draft 0": "draft 3", "draft 1": "check 0" };
    const model: Model = {
      ...raw,
      async generate(request) {
        prompts.push(request.prompt);
        await until(() => asked.has(inLine[request.prompt] ?? request.prompt));
        return raw.generate(request);
      },
    };
    const ask = (name: string, options: { readonly priority?: number }) =>
      defineStep({
        name,
        ...options,
        async process(n: number, ctx) {
          asked.add(`${name} ${n}`);
          await ctx.model.generate({ prompt: `${name} ${n}` });
          return n;
        },
      });
    const pipeline = definePipeline("two").phase("work", (phase) =>
      phase
        .extract(source)
        .transform(ask("draft", priority === undefined ? {} : { priority }), ask("check", {}))
        .load(nowhere),
    );
    await runPipeline(pipeline, { workspace: workspace(), model, window: 4, lanes: { model: { concurrency: 1 } } });
    expect(prompts).toHaveLength(20);
    expect(prompts.join(", ")).toContain(beginning);
  });

  it("are summed over attempts, failed items and steps that the run was stopped in", async () => {
    const { model, seen } = fakeModel();
    const control = new RunControl();
    const pipeline = pipelineOf(async (n, { model: ask }) => {
      await ask.generate({ prompt: `${n}` });
      if (n === 2) throw new StepError("input", "no");
      if (n === 5) {
        control.stop({ kind: "user", message: "enough" });
        await ask.generate({ prompt: "one too many" });
      }
      return n;
    });
    const home = workspace();
    const options = { workspace: home, model, prices: PRICES, window: 1 };
    const { session } = await runPipeline(pipeline, { ...options, control });
    expect(session.counts).toMatchObject({ completed: 4, failed: 1 });
    expect(seen.calls).toBe(6);
    const { usage } = await reportSession(home, session.id);
    expect(usage).toMatchObject({ calls: 6, inputTokens: 60, outputTokens: 30, callsOfUnknownCost: 0 });
    expect(usage.cost).toBeCloseTo(0.12);
  });
});

describe("a limit", () => {
  it("holds over the runs of a session, and each run stops before its next call", async () => {
    const { model, seen } = fakeModel();
    const pipeline = pipelineOf(async (n, { model: ask }) => (await ask.generate({ prompt: `${n}` }), n));
    const options = { workspace: workspace(), model, window: 1 };
    const first = await runPipeline(pipeline, { ...options, limits: { maxTokens: 40 } });
    expect(first).toMatchObject({
      session: { status: "interrupted" },
      cause: { kind: "limit", limit: "maxTokens" },
    });
    expect(first.session.counts.failed).toBe(0);
    const second = await resumeSession(first.session.id, pipeline, { ...options, limits: { maxTokens: 90 } });
    expect(seen.calls).toBe(6);
    expect(second.session.hint).toMatchObject({ kind: "raise_limit", limit: "maxTokens", to: 180 });
    const last = await resumeSession(first.session.id, pipeline, options);
    expect(last.session).toMatchObject({ status: "completed", counts: { completed: 10 } });
    expect(seen.calls).toBe(10);
  });

  it("on the cost is refused for a model without a price, before anything is begun", async () => {
    const { model, seen } = fakeModel();
    const run = runPipeline(
      pipelineOf((n) => n),
      { workspace: workspace(), model, limits: { maxCost: 1 } },
    );
    await expect(run).rejects.toMatchObject({ code: "usage", message: expect.stringContaining("api:model") });
    expect(seen.calls).toBe(0);
  });

  it.each([
    ["a lane", { lanes: { api: { concurrency: 0 } } }, 'lane "api": Expected `concurrency`'],
    ["a lane's window", { lanes: { api: { requests: [{ limit: 5, per: 0 }] } } }, "`requests per` to be longer than 0"],
    ["a price", { prices: { "api:model": { inputPerMillion: -1, outputPerMillion: 0 } } }, "`inputPerMillion`"],
  ])("and %s that makes no sense are refused", async (_, options, message) => {
    const run = runPipeline(
      pipelineOf((n) => n),
      { workspace: workspace(), ...options },
    );
    await expect(run).rejects.toThrow(message);
  });
});

describe("a step with an API of its own", () => {
  it("waits out that API's rate limits in its lane, without an attempt, and its timeline is kept", async () => {
    let calls = 0;
    const asked = definePipeline("own").phase("work", (phase) =>
      phase
        .extract(source)
        .transform(
          defineStep({
            name: "call",
            lane: "crm",
            retry: { maxAttempts: 1 },
            process: (n: number) => {
              if ((calls += 1) === 1) throw new StepError("rate_limit", "slow down", { retryAfterMs: 20 });
              return n;
            },
          }),
        )
        .load(nowhere),
    );
    const home = workspace();
    const events: RunEvent[] = [];
    const { session } = await runPipeline(asked, { workspace: home, onEvent: (event) => events.push(event) });
    expect(session.counts).toMatchObject({ completed: 10, failed: 0 });
    const told = events.flatMap((event) => (event.kind === "lane" ? [event.event.change] : []));
    expect(told).toContain("paused");
    const kept = JSON.parse(readFileSync(join(home, "sessions", session.id, "lanes.json"), "utf8"));
    expect(kept.events.map(({ change }: { change: string }) => change)).toEqual(told);
  });
});
