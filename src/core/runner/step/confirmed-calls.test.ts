import { describe, expect, it } from "vitest";
import { FakeClock } from "../../../retry/testing/index.ts";
import { Lane, resolveLaneLimits } from "../../lane/index.ts";
import { NO_BUDGET, TokenEstimator, type GenerateRequest } from "../../model/index.ts";
import { type StepContext } from "../../pipeline/index.ts";
import type { StepOptions } from "../../pipeline/step.ts";
import type { AnswerLeases, PendingItem } from "../../storage/index.ts";
import { RunControl } from "../run-control.ts";
import type { RunDeps } from "../run-deps.ts";
import { runnableOf, stepDeps } from "./fixtures/step-bench.ts";
import { stepRunner } from "./run-step.ts";

const COUNT = 17;
const CALL_MS = 100;

const itemOf = (n: number): PendingItem => ({
  phase: "p",
  itemId: `i${n}`,
  sourcePath: "a",
  content: n,
  nextStep: 0,
  generation: 1,
  force: false,
  depth: 0,
  collected: false,
  reviewReason: undefined,
});

type Asked = Omit<StepOptions<number, unknown>, "name">;

/**
 * Runs items with different contents through a step whose lane lets one call out at a time. After the first call the process
 * stands still: its leases run out, and another session makes all calls and is answered.
 */
async function standStill(options: Asked, { failsFirst = false } = {}) {
  const clock = new FakeClock();
  const control = new RunControl();
  const answers = new Map<string, string>();
  const lapsed = new Set<string>();
  const leases: AnswerLeases = {
    take: async (key) => (answers.has(key) ? "elsewhere" : "held"),
    confirm(key) {
      return lapsed.delete(key) ? this.take(key) : undefined;
    },
    look: (key) => ({ answer: answers.get(key), isHeld: false }),
    answered: () => {},
    giveUp: () => {},
  };
  let sent = 0;
  const send = async (): Promise<void> => {
    sent += 1;
    const isFirst = sent === 1;
    await clock.sleep(CALL_MS);
    if (!isFirst) return;
    for (const key of keys) {
      lapsed.add(key);
      answers.set(key, '"theirs"');
    }
    if (failsFirst) throw Object.assign(new Error("503"), { status: 503 });
  };
  const keys = new Set<string>();
  const laneDeps = { clock, random: () => 0, drain: control.drain, onDown: () => {} };
  const limits = resolveLaneLimits({ concurrency: 1 });
  const lane = new Lane("api", limits, laneDeps);
  const model = {
    id: "fake:model",
    lane: "fake",
    fingerprint: "fake",
    check: async () => ({ notes: [] }),
    generate: async () => {
      await send();
      return { text: "ours", usage: { inputTokens: 1, outputTokens: 1 } };
    },
  };
  const deps = stepDeps({
    services: { model } as unknown as RunDeps["services"],
    cache: {
      get: () => undefined,
      set: (key, _, text) => void answers.set(key, text),
    },
    leases: {
      ...leases,
      take(key) {
        keys.add(key);
        return leases.take(key);
      },
    },
    control,
    clock,
    laneOf: (name) => (name === undefined ? undefined : lane),
    metering: {
      lane: new Lane("model", limits, laneDeps),
      price: undefined,
      estimator: new TokenEstimator(),
      budget: NO_BUDGET,
    },
  });
  const runnable = runnableOf({
    cache: true,
    ...options,
    process: (n: number, ctx) => options.process(n, { ...ctx, send } as never),
  });
  const run = stepRunner(runnable, deps);
  const ended = await Promise.all(Array.from({ length: COUNT }, async (_, n) => run(n, itemOf(n))));
  return { sent, ended, inFlight: deps.inFlight.size };
}

const REQUEST: GenerateRequest = { prompt: "?" };
type Sending = StepContext & { readonly send: () => Promise<void> };

describe("items whose leases run out while they wait for their lane", () => {
  it.each<readonly [string, Asked]>([
    [
      "by a lane of the step's own",
      {
        lane: "api",
        async process(_n, ctx) {
          await (ctx as Sending).send();
          return "ours";
        },
      },
    ],
    ["by the model's lane", { process: async (_n, { model }) => (await model.generate(REQUEST)).text }],
    [
      "by the model's lane, in a step that catches all errors",
      {
        process: (_n, { model }) =>
          model.generate(REQUEST).then(
            ({ text }) => text,
            () => "made up",
          ),
      },
    ],
    [
      "by the model's lane, in a step with limits of time",
      { attemptTimeout: "1h", process: async (_n, { model }) => (await model.generate(REQUEST)).text },
    ],
  ])("are not called when another session has the answer by then: %s", async (_, options) => {
    const { sent, ended, inFlight } = await standStill(options);
    expect(sent).toBe(1);
    expect(ended.filter(({ attempts }) => attempts > 0)).toHaveLength(1);
    const outputs = ended.map(({ end }) => end.kind === "done" && end.output);
    expect(outputs.filter((output) => output === "ours")).toHaveLength(1);
    expect(outputs.filter((output) => output === "theirs")).toHaveLength(COUNT - 1);
    expect(inFlight).toBe(0);
  });

  it("are not called again either after a call that failed before; that one is counted", async () => {
    const { sent, ended } = await standStill(
      { process: async (_n, { model }) => (await model.generate(REQUEST)).text },
      { failsFirst: true },
    );
    expect(sent).toBe(1);
    expect(ended.map(({ attempts }) => attempts).toSorted((one, other) => one - other)).toEqual([
      ...Array.from({ length: COUNT - 1 }, () => 0),
      1,
    ]);
    expect(new Set(ended.map(({ end }) => end.kind === "done" && end.output))).toEqual(new Set(["theirs"]));
  });
});
