import { describe, expect, it } from "vitest";
import { LimitGuard } from "../runner/limit-guard.ts";
import type { RunLimits } from "../runner/run-limits.ts";
import { ConnectionError } from "../../retry/index.ts";
import { StepError } from "../failure/failure.ts";
import { Lane } from "../lane/lane.ts";
import { resolveLaneLimits, type LaneLimits } from "../lane/lane-limits.ts";
import { meterModel, type MeteredUse, type Metering } from "./metered-model.ts";
import type { TokenUsage } from "../base/index.ts";
import type { AnswerPart, GenerateAnswer, GenerateRequest, Model } from "./language-model.ts";
import { RunControl } from "../runner/run-control.ts";
import { TokenEstimator } from "./token-estimate.ts";
import { sumUsage, type Usage } from "./usage.ts";

type Answer = TokenUsage | Error;

interface Setting {
  readonly laneLimits?: Partial<LaneLimits>;
  readonly limits?: RunLimits;
  /** @default true */
  readonly makesCalls?: boolean;
  /** What the model writes in pieces before each answer. @default nothing */
  readonly pieces?: readonly AnswerPart[];
  /** The text of its answers. @default "text" */
  readonly text?: string;
  readonly metered?: Partial<Metering>;
}

/** A metered model that gives these answers, one after the other. */
function meter(
  answers: readonly Answer[],
  {
    laneLimits = {},
    limits = {},
    makesCalls = true,
    pieces = [],
    text = "text",
    metered = {},
    ...more
  }: Setting & Partial<MeteredUse> = {},
) {
  const requests: GenerateRequest[] = [];
  const control = new RunControl();
  const left = [...answers];
  const raw: Model = {
    id: "api:model",
    fingerprint: "f",
    lane: makesCalls ? "api" : undefined,
    check: async () => ({ notes: ["checked"] }),
    countTokens: (text) => text.length,
    async generate(request): Promise<GenerateAnswer> {
      requests.push(request);
      const answer = left.shift() ?? {};
      for (const piece of pieces) request.onPart?.(piece);
      if (answer instanceof Error) throw answer;
      return { text, usage: answer };
    },
  };
  const lane = new Lane("api", resolveLaneLimits(laneLimits), {
    clock: { now: () => performance.now(), wallNow: () => Date.now() },
    random: () => 0,
    drain: control.drain,
    onDown: () => {},
  });
  const usages: Usage[] = [];
  const guard = new LimitGuard(limits, { sessionId: "s", control });
  const metering = {
    lane: makesCalls ? lane : undefined,
    price: { inputPerMillion: 1, outputPerMillion: 10 },
    estimator: new TokenEstimator(),
    budget: guard,
    ...metered,
  };
  const use = {
    itemId: "i",
    priority: 0,
    sinceMs: 0,
    onCall: () => {},
    complaints: () => new Map(),
    onUsage: (usage: Usage) => usages.push(usage),
    ...more,
  };
  return { model: meterModel(raw, metering, use), control, usage: () => sumUsage(usages), left, requests };
}

describe("a metered model", () => {
  it("is the model itself, but for counting", async () => {
    const { model } = meter([]);
    expect([model.id, model.fingerprint, model.lane]).toEqual(["api:model", "f", "api"]);
    expect(await model.check()).toEqual({ notes: ["checked"] });
    expect(model.countTokens?.("kelp")).toBe(4);
  });

  it("counts each answer, at the run's price", async () => {
    const { model, usage } = meter([
      { inputTokens: 1000, outputTokens: 100 },
      { inputTokens: 500, outputTokens: 50 },
    ]);
    expect(await model.generate({ prompt: "a" })).toMatchObject({ text: "text" });
    await model.generate({ prompt: "b" });
    expect(usage()).toMatchObject({ calls: 2, inputTokens: 1500, outputTokens: 150, callsOfUnknownTokens: 0 });
    expect(usage().cost).toBeCloseTo(0.003);
  });

  it("counts an answer of no use as paid for, and a call that never got through as none", async () => {
    const { model, usage } = meter([new StepError("answer", "empty"), new ConnectionError("reset")]);
    await expect(model.generate({ prompt: "a" })).rejects.toThrow("empty");
    await expect(model.generate({ prompt: "a" })).rejects.toThrow("reset");
    expect(usage()).toMatchObject({ calls: 1, callsOfUnknownTokens: 1, callsOfUnknownCost: 1 });
  });

  it("counts nothing for an engine that makes no calls", async () => {
    const { model, usage } = meter([{}], { makesCalls: false });
    await model.generate({ prompt: "a" });
    expect(usage().calls).toBe(0);
  });

  it("waits out a rate limit inside the call, so that the step never sees it", async () => {
    const { model, left } = meter([
      new StepError("rate_limit", "slow down", { retryAfterMs: 1 }),
      { inputTokens: 1, outputTokens: 1 },
    ]);
    await model.generate({ prompt: "a" });
    expect(left).toEqual([]);
  });

  it("makes no call once a limit is reached", async () => {
    const { model, left, control } = meter([{ inputTokens: 90, outputTokens: 20 }, {}], {
      limits: { maxTokens: 100 },
    });
    await model.generate({ prompt: "a" });
    expect(control.cause).toMatchObject({ kind: "limit", limit: "maxTokens" });
    await expect(model.generate({ prompt: "b" })).rejects.toMatchObject({ kind: "cancelled" });
    expect(left).toHaveLength(1);
  });

  it("holds an estimate against a limit when the answer does not say what it cost", async () => {
    const { model, control, usage } = meter([{}], { limits: { maxTokens: 100 }, text: "word".repeat(50) });
    await model.generate({ prompt: "word".repeat(60) });
    expect(control.cause).toMatchObject({ limit: "maxTokens" });
    expect(usage()).toMatchObject({ inputTokens: 0, outputTokens: 0, callsOfUnknownTokens: 1, estimatedTokens: 110 });
  });

  const streamed = [{ text: "word".repeat(30) }, { thinking: "word".repeat(10) }];

  it.each<readonly [string, Error, Partial<Usage>]>([
    [
      "failed, and said what it used",
      new StepError("answer", "cut off", { usage: { inputTokens: 9, outputTokens: 40 } }),
      { calls: 1, inputTokens: 9, outputTokens: 40, callsOfUnknownTokens: 0, estimatedTokens: 0 },
    ],
    [
      "broke off in the middle of its answer",
      new ConnectionError("reset"),
      { calls: 1, inputTokens: 0, outputTokens: 0, callsOfUnknownTokens: 1, estimatedTokens: 41 },
    ],
    [
      "said what the whole has cost",
      new StepError("transient", "broke off", { usage: { cost: 0.5 } }),
      { calls: 1, cost: 0.5, callsOfUnknownCost: 0, estimatedTokens: 41 },
    ],
  ])("counts a call that %s", async (_, error, wanted) => {
    const { model, usage } = meter([error], { pieces: streamed });
    await expect(model.generate({ prompt: "word" })).rejects.toBe(error);
    expect(usage()).toMatchObject(wanted);
  });

  it("counts what was streamed of a call that was ended by us, and puts a price on it", async () => {
    const aborting = new AbortController();
    const { model, usage } = meter([new Error("aborted")], { pieces: streamed, signal: aborting.signal });
    const call = model.generate({ prompt: "word", onPart: () => aborting.abort(new Error("cancelled")) });
    await expect(call).rejects.toThrow();
    expect(usage()).toMatchObject({ calls: 1, callsOfUnknownCost: 1, estimatedTokens: 31 });
    expect(usage().estimatedCost).toBeCloseTo((1 * 1 + 30 * 10) / 1e6);
  });

  it("counts each of the calls that a lane makes for one", async () => {
    const refusal = new StepError("rate_limit", "slow down", {
      retryAfterMs: 1,
      usage: { inputTokens: 5, outputTokens: 1 },
    });
    const { model, usage } = meter([refusal, { inputTokens: 5, outputTokens: 2 }]);
    await model.generate({ prompt: "a" });
    expect(usage()).toMatchObject({ calls: 2, inputTokens: 10, outputTokens: 3 });
  });

  it("cuts a call off in the middle when the limit is reached and it is longer than was expected", async () => {
    const endless = Array.from({ length: 1000 }, () => ({ text: "word".repeat(10) }));
    const { model, control, usage } = meter([{}], { limits: { maxTokens: 200 }, pieces: endless });
    await expect(model.generate({ prompt: "word" })).rejects.toMatchObject({ kind: "cancelled" });
    expect(control.cause).toMatchObject({ kind: "limit", limit: "maxTokens" });
    // 500 tokens are expected of a first answer; what is told in pieces may be some more.
    expect(usage().estimatedTokens).toBeGreaterThan(500);
    expect(usage().estimatedTokens).toBeLessThan(600);
  });

  it("lets a call of the expected length end when the limit is reached meanwhile", async () => {
    const { model, usage } = meter([{ inputTokens: 1, outputTokens: 300 }], {
      limits: { maxTokens: 200 },
      pieces: [{ text: "word".repeat(300) }],
    });
    await model.generate({ prompt: "word" });
    expect(usage()).toMatchObject({ outputTokens: 300, estimatedTokens: 0 });
  });

  it.each<readonly [string, Partial<Metering>, Partial<GenerateRequest>, number]>([
    ["8192 tokens where nobody says", {}, {}, 8192],
    ["what the run allows", { maxOutputTokens: 100 }, {}, 100],
    ["what the request allows", { maxOutputTokens: 100 }, { maxOutputTokens: 7000 }, 7000],
    ["no more than the whole context", { contextTokens: 2048 }, {}, 2048],
  ])("sends with each call the most that its answer may be: %s", async (_, metered, given, most) => {
    const { model, requests } = meter([{}], { metered });
    await model.generate({ prompt: "word".repeat(100), ...given });
    expect(requests[0]?.maxOutputTokens).toBe(most);
  });

  it.each<unknown>([-1, 12.5, 1e300, "7", null])(
    "takes a count of %j, from whichever model, for unknown",
    async (count) => {
      const said = { inputTokens: count, outputTokens: 7 } as TokenUsage;
      const { model, usage } = meter([said]);
      expect((await model.generate({ prompt: "a" })).usage).toEqual({ outputTokens: 7 });
      expect(usage()).toMatchObject({ calls: 1, inputTokens: 0, outputTokens: 7, callsOfUnknownTokens: 1 });
    },
  );

  it("refuses a prompt that no window of tokens holds", async () => {
    const { model, left } = meter([{}], { laneLimits: { tokens: [{ limit: 100, per: "1m" }] } });
    await expect(model.generate({ prompt: "word".repeat(101) })).rejects.toMatchObject({ kind: "input" });
    expect(left).toHaveLength(1);
  });

  it.each([true, false])(
    "sends no call that was aborted while it was asked whether it is needed: lane %s",
    async (makesCalls) => {
      const confirming = Promise.withResolvers<void>();
      const aborting = new AbortController();
      const { model, left, usage } = meter([{}], {
        makesCalls,
        signal: aborting.signal,
        confirmCall: () => confirming.promise,
      });
      const call = model.generate({ prompt: "a" });
      await new Promise((resolve) => setImmediate(resolve));
      aborting.abort(new Error("cancelled"));
      confirming.resolve();
      await expect(call).rejects.toThrow("cancelled");
      await new Promise((resolve) => setImmediate(resolve));
      expect(left).toHaveLength(1);
      expect(usage().calls).toBe(0);
    },
  );
});
