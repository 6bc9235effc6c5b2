import { describe, expect, it } from "vitest";
import { TimeoutError } from "../../../retry/index.ts";
import { FakeClock } from "../../../retry/testing/index.ts";

import { StepError } from "../../failure/index.ts";
import { Lane, LET_GO_MS, resolveLaneLimits, type CallLane } from "../../lane/index.ts";
import { NO_BUDGET, TokenEstimator, type GenerateRequest, type Model } from "../../model/index.ts";
import { type StepContext } from "../../pipeline/index.ts";
import type { StepOptions } from "../../pipeline/step.ts";
import { type PendingItem } from "../../storage/index.ts";
import { InFlight } from "../in-flight.ts";
import { RunControl } from "../run-control.ts";
import type { RunDeps } from "../run-deps.ts";
import { ITEM, runnableOf, stepDeps } from "./fixtures/step-bench.ts";
import { stepRunner, type StepRun } from "./run-step.ts";

const NEVER = async (): Promise<never> => new Promise<never>(() => {});

type Asked = Omit<StepOptions<number, unknown>, "name">;

interface Bench {
  readonly clock: FakeClock;
  readonly control: RunControl;
  readonly inFlight: InFlight;
  readonly deps: RunDeps;
  run(options: Asked, item?: PendingItem): Promise<StepRun>;
}

function bench({
  lane,
  model = {},
  ...more
}: Partial<RunDeps> & {
  readonly lane?: (bench: FakeClock, control: RunControl) => CallLane;
  readonly model?: Partial<Model>;
} = {}): Bench {
  const clock = new FakeClock();
  const control = new RunControl();
  const inFlight = new InFlight({ control, clock });
  const theLane = lane?.(clock, control);
  const services = {
    model: { id: "fake:model", lane: "fake", fingerprint: "fake", check: async () => ({ notes: [] }), ...model },
  } as unknown as RunDeps["services"];
  const deps = stepDeps({
    services,
    control,
    clock,
    inFlight,
    laneOf: (name) => (name === undefined ? undefined : theLane),
    metering: { lane: theLane, price: undefined, estimator: new TokenEstimator(), budget: NO_BUDGET },
    ...more,
  });
  const run = async (options: Asked, item: PendingItem = ITEM): Promise<StepRun> =>
    stepRunner(runnableOf(options), deps)(item.content, item);
  return { clock, control, inFlight, deps, run };
}

const failureOf = ({ end }: StepRun): { readonly kind: string; readonly error: unknown } =>
  end.kind === "failed" ? { kind: end.failure, error: end.error } : { kind: end.kind, error: undefined };

/** A lane of this process on the clock of the bench. */
const laneOn =
  (concurrency: number) =>
  (clock: FakeClock, control: RunControl): Lane =>
    new Lane("api", resolveLaneLimits({ concurrency }), {
      clock,
      random: () => 0,
      drain: control.drain,
      onDown: () => {},
    });

describe("a step that never settles", () => {
  it.each([
    { where: "process", options: { process: NEVER } },
    { where: "process in a lane of its own", options: { process: NEVER, lane: "api" }, lane: laneOn(1) },
    {
      where: "a schema that checks its output",
      options: {
        process: (): number => 1,
        validate: { "~standard": { version: 1, vendor: "t", validate: NEVER } } as never,
      },
    },
    { where: "onError, after an attempt that ran out of time", options: { process: NEVER, onError: NEVER } },
    {
      where: "a call of the model that heeds no signal",
      options: { process: (_: number, { model }: StepContext) => model.generate({ prompt: "?" }) },
      lane: laneOn(1),
      model: { generate: NEVER },
    },
  ])("is let go when its time has run out: $where", async ({ options, lane, model }) => {
    const { run, clock } = bench({ ...(lane && { lane }), ...(model && { model }) });
    const step = await run({ ...(options as object), timeout: "10s" } as never);
    expect(failureOf(step)).toMatchObject({ kind: "transient", error: { name: "TimeoutError" } });
    expect(clock.now()).toBeLessThan(21_000);
  });

  it("ends the model's call that onError made, when its time has run out", async () => {
    const asked: (AbortSignal | undefined)[] = [];
    const generate = async ({ signal }: GenerateRequest): Promise<never> => {
      asked.push(signal);
      return NEVER();
    };
    const { run } = bench({ model: { generate } });
    const failed = async (): Promise<never> => {
      throw new Error("no");
    };
    const onError = async (_error: unknown, _content: number, { model }: StepContext): Promise<unknown> =>
      model.generate({ prompt: "?" });
    await run({ process: failed, onError, attemptTimeout: "5s" });
    expect(asked.map((signal) => signal?.aborted)).toEqual([true]);
  });

  it("says which step, which limit, how many attempts and what to raise", async () => {
    const { run } = bench();
    const step = await run({ process: NEVER, timeout: "10s" });
    const { error } = failureOf(step);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({
      message: 'Step "ask" did not end within 10s (1 attempt). Raise the step\'s `timeout` if it needs longer.',
    });
    expect(step.attempts).toBe(1);
  });

  it("is tried again when an attempt ran out of time, and each attempt is evidence", async () => {
    const { run, clock } = bench();
    const step = await run({ process: NEVER, attemptTimeout: "4s" });
    expect(step).toMatchObject({
      attempts: 3,
      end: {
        kind: "failed",
        failure: "transient",
        failedAttempts: [{ attempt: 1, kind: "transient" }, { attempt: 2 }, { attempt: 3 }],
      },
    });
    expect(failureOf(step).error).toMatchObject({
      message: expect.stringContaining('Attempt 3 of step "ask" did not end within 4s') as string,
    });
    // Three attempts, a moment after the last, and the waits between them, in which the others were let go.
    expect(clock.now()).toBe(3 * 4_000 + 2 * 1_000 + LET_GO_MS);
  });

  it("completes when a later attempt is in time", async () => {
    const { run } = bench();
    const step = await run({ process: (_, { attempt }) => (attempt === 1 ? NEVER() : "second"), attemptTimeout: "4s" });
    expect(step).toMatchObject({ attempts: 2, end: { kind: "done", output: "second" } });
  });
});

describe("the limits of time", () => {
  it.each([
    { of: "the step, before the run's", step: { timeout: "1s" }, timeouts: { stepTimeout: "9s" }, takes: 1_000 },
    { of: "the run", step: {}, timeouts: { stepTimeout: "9s" }, takes: 9_000 },
    {
      of: "a step that has none, in a run that has one",
      step: { timeout: Infinity, attemptTimeout: "2s", retry: { maxAttempts: 1 } },
      timeouts: { stepTimeout: 1 },
      takes: 2_000,
    },
  ] as const)("are those of $of", async ({ step, timeouts, takes }) => {
    const { run, clock } = bench({ timeouts });
    expect(failureOf(await run({ process: NEVER, ...step }))).toMatchObject({ kind: "transient" });
    expect(clock.now()).toBe(takes + LET_GO_MS);
  });

  it("of a step cover its attempts and the waits between them", async () => {
    const { run, clock } = bench();
    const step = await run({
      process: () => {
        throw new StepError("transient", "down");
      },
      retry: { maxAttempts: 10 },
      timeout: "3500ms",
    });
    expect(failureOf(step).error).toMatchObject({
      name: "TimeoutError",
      message: expect.stringContaining("(4 attempts)") as string,
      cause: { message: "down" },
    });
    expect(clock.now()).toBe(3_000);
  });

  it("stand still while a call waits for its turn in the model's lane", async () => {
    const requests: GenerateRequest[] = [];
    const { run, clock, deps } = bench({
      lane: laneOn(1),
      model: {
        generate: async (request) => {
          requests.push(request);
          return { text: "answer", usage: {} };
        },
      },
    });
    const held = deps.laneOf("api")?.call({ itemId: "other" }, () => clock.sleep(60_000));
    const step = await run({
      process: async (_, { model }) => {
        await clock.sleep(800);
        return (await model.generate({ prompt: "?" })).text;
      },
      attemptTimeout: "1s",
      timeout: "1s",
    });
    await held;
    expect(step).toMatchObject({ attempts: 1, end: { kind: "done", output: "answer" } });
    expect(requests).toHaveLength(1);
  });

  it("stand still while the step waits for its turn in a lane of its own", async () => {
    const { run, clock, deps } = bench({ lane: laneOn(1) });
    const held = deps.laneOf("api")?.call({ itemId: "other" }, () => clock.sleep(60_000));
    const step = await run({ process: () => "done", lane: "api", attemptTimeout: "1s", timeout: "1s" });
    await held;
    expect(step).toMatchObject({ attempts: 1, end: { kind: "done", output: "done" } });
  });
});

describe("a function that was let go", () => {
  it("finds its signal aborted with the reason, and the next attempt waits for it for a moment", async () => {
    const { run, clock } = bench({ retry: { minWaitSeconds: 0, maxWaitSeconds: 0, jitter: false } });
    const seen: string[] = [];
    await run({
      process: async (_, { signal, attempt }) => {
        seen.push(`begin ${attempt}`);
        if (attempt > 1) return 1;
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        seen.push((signal.reason as Error).name);
        await clock.sleep(LET_GO_MS / 2);
        seen.push("end 1");
        return 0;
      },
      attemptTimeout: "1s",
    });
    expect(seen).toEqual(["begin 1", "TimeoutError", "end 1", "begin 2"]);
  });

  it.each([
    { when: "in the moment that it has", afterMs: 1_100 },
    { when: "long after", afterMs: 60_000 },
  ])("has a late result that is ignored: $when", async ({ afterMs }) => {
    const { run, clock } = bench();
    const step = await run({ process: () => clock.sleep(afterMs).then(() => "late"), timeout: "1s" });
    expect(failureOf(step)).toMatchObject({ kind: "transient", error: { name: "TimeoutError" } });
  });

  it("frees its slot in the lane, and makes no further call of the model", async () => {
    let calls = 0;
    const { run, clock, deps } = bench({
      lane: laneOn(1),
      model: {
        generate: () => {
          calls += 1;
          return NEVER();
        },
      },
    });
    let late: unknown;
    await run({
      process: async (_, { model }) => {
        await model.generate({ prompt: "1" }).catch(() => {});
        await clock.sleep(5_000);
        await model.generate({ prompt: "2" }).catch((error: unknown) => (late = error));
      },
      timeout: "1s",
    });
    await deps.laneOf("api")?.call({ itemId: "next" }, () => clock.sleep(10_000));
    expect(calls).toBe(1);
    expect(late).toMatchObject({ name: "TimeoutError" });
  });

  it("has its call of the model counted, at a cost that is not known", async () => {
    const { run } = bench({ lane: laneOn(1), model: { generate: NEVER } });
    const step = await run({ process: (_, { model }) => model.generate({ prompt: "?" }), timeout: "1s" });
    expect(step.usage).toMatchObject({ calls: 1, callsOfUnknownTokens: 1 });
  });
});

describe("an item that is cancelled", () => {
  it.each([
    { where: "a call", options: { process: NEVER } },
    { where: "a call with a limit of time", options: { process: NEVER, timeout: "1h" } },
    { where: "a call in a lane", options: { process: NEVER, lane: "api" }, lane: laneOn(1) },
    { where: "onError", options: { process: () => Promise.reject(new Error("no")), onError: NEVER } },
    {
      where: "the wait for its next attempt",
      options: {
        process: () => Promise.reject(new StepError("transient", "down")),
        retry: { minWaitSeconds: 3_600, maxWaitSeconds: 3_600 },
      },
    },
  ])("ends in $where, with the reason and without onError's word", async ({ options, lane }) => {
    const { run, inFlight, clock } = bench(lane && { lane });
    const running = run({ ...(options as object) } as never);
    await clock.sleep(10);
    inFlight.cancel({ phase: "p", itemId: "another" });
    inFlight.cancel({ phase: "p", itemId: "a" });
    expect(failureOf(await running)).toMatchObject({
      kind: "cancelled_by_user",
      error: { message: "cancelled by the user" },
    });
    expect(clock.now()).toBeLessThan(1_000);
    expect(inFlight.size).toBe(0);
  });

  it("aborts the signal of its own call and of no other", async () => {
    const { run, inFlight, clock } = bench();
    const signals = new Map<string, AbortSignal>();
    const options = {
      process: async (_: number, { itemId, signal }: StepContext) => {
        signals.set(itemId, signal);
        await clock.sleep(50);
      },
    };
    const runs = ["a", "b"].map((itemId) => run(options as never, { ...ITEM, itemId }));
    await clock.sleep(10);
    inFlight.cancel({ phase: "p", itemId: "a" });
    await Promise.all(runs);
    expect([...signals].map(([itemId, { aborted }]) => [itemId, aborted])).toEqual([
      ["a", true],
      ["b", false],
    ]);
  });
});

it("tells what is in flight, since when, and what it waits for", async () => {
  const { run, inFlight, clock } = bench();
  const running = run({
    process: (_, { attempt }) =>
      attempt === 1 ? Promise.reject(new StepError("transient", "down")) : clock.sleep(5_000).then(() => 1),
    retry: { minWaitSeconds: 60, maxWaitSeconds: 60 },
  });
  await clock.sleep(100);
  const since = "2026-01-01T00:00:00.000Z";
  expect(inFlight.list()).toEqual([
    { phase: "p", itemId: "a", step: "ask", attempt: 1, since, waitsFor: "its next attempt" },
  ]);
  await clock.sleep(62_000);
  expect(inFlight.list({ forMs: 60_000 })).toEqual([{ phase: "p", itemId: "a", step: "ask", attempt: 2, since }]);
  expect(inFlight.list({ forMs: 120_000 })).toEqual([]);
  await running;
  expect(inFlight.list()).toEqual([]);
});
